"""Attempts are stored by month: whole months go when nobody keeps them, and a transfer's are read from few of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bilag.posting.selection import OSLO
from tests.support.world import World, company_document

OTHER = "transfers_attempt_other"


@pytest.fixture
def months(world: World) -> Iterator[World]:
    """A company, and the months as they were before when the test is over."""
    from bilag.transfers import attempt_months

    before = set(attempt_months.existing())
    yield world
    with connection.cursor() as cursor:
        for month in set(attempt_months.existing()) - before:
            cursor.execute(f"drop table transfers_attempt_{month:%Y_%m}")
        for month in before - set(attempt_months.existing()):
            cursor.execute("select bilag_add_attempt_month(%s)", [month])


def add(month: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select bilag_add_attempt_month(%s)", [month])


def attempt(world: World, began_at: datetime, **more: Any) -> Any:
    from bilag.transfers.models import Attempt, Transfer

    transfer = Transfer.objects.filter(company_id=world.company_id).order_by("pk").first()
    if transfer is None:
        number = world.insert_invoice({})
        world.hint(world.invoices[number])
        transfer = world.transfer(number)
    given = {"ended_at": began_at, "verdict": "done", "setup_version": 1, "company_id": world.company_id} | more
    return Attempt.objects.create(**{"transfer": transfer, "began_at": began_at, **given})


def tables(where: str = "true") -> list[str]:
    """The partitions in which attempts stand."""
    with connection.cursor() as cursor:
        cursor.execute(f"select distinct tableoid::regclass::text from transfers_attempt where {where} order by 1")
        return [name for (name,) in cursor.fetchall()]


def test_this_month_and_two_more_are_there_from_the_first(world: World) -> None:
    from bilag.posting.selection import OSLO
    from bilag.transfers import attempt_months

    assert attempt_months.missing(timezone.now().astimezone(OSLO).date()) == []


def test_coming_months_are_added_once(months: World) -> None:
    from bilag.transfers import attempt_months

    wanted = [date(2039, 11, 1), date(2039, 12, 1), date(2040, 1, 1)]
    assert attempt_months.add_coming(date(2039, 11, 30)) == wanted
    assert attempt_months.add_coming(date(2039, 11, 30)) == []
    assert set(wanted) <= set(attempt_months.existing())


@pytest.mark.parametrize(
    ("began_at", "table"),
    [
        (datetime(2039, 11, 30, 22, 59, tzinfo=UTC), "transfers_attempt_2039_11"),
        (datetime(2039, 11, 30, 23, 0, tzinfo=UTC), "transfers_attempt_2039_12"),
        (datetime(2038, 6, 1, tzinfo=UTC), OTHER),
    ],
)
def test_a_month_is_one_in_oslo(months: World, began_at: datetime, table: str) -> None:
    from bilag.transfers import attempt_months

    attempt_months.add_coming(date(2039, 11, 1))
    attempt(months, began_at)
    assert tables("began_at > '2037-01-01'") == [table]


def test_a_month_that_began_before_it_was_added_gets_its_attempts(months: World) -> None:
    from bilag.transfers import attempt_months
    from bilag.transfers.models import Attempt

    early = attempt(months, datetime(2039, 11, 5, tzinfo=UTC), source={"a": 1})
    other = attempt(months, datetime(2038, 11, 5, tzinfo=UTC))
    assert tables("began_at > '2037-01-01'") == [OTHER]
    assert len(attempt_months.add_coming(date(2039, 11, 6))) == 3
    attempt(months, datetime(2039, 11, 20, tzinfo=UTC))
    assert tables("began_at > '2039-01-01'") == ["transfers_attempt_2039_11"]
    assert tables("began_at < '2039-01-01' and began_at > '2037-01-01'") == [OTHER]
    assert Attempt.objects.get(pk=early.pk).source == {"a": 1}
    for statement in (f"delete from {OTHER}", f"update {OTHER} set verdict = 'refused'"):
        with pytest.raises(IntegrityError, match="control trail"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Attempt.objects.filter(pk=other.pk).exists(), "the trail is kept as before"


def test_a_lock_stops_nothing_for_longer_than_a_moment(months: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.transfers import attempt_months

    monkeypatch.setattr(attempt_months, "LOCK_SECONDS", 1)
    add(date(2020, 1, 1))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("begin; lock table transfers_attempt_2020_01 in row exclusive mode")  # as an insert does
            cursor.execute("lock table transfers_attempt in row exclusive mode")
            assert attempt_months.add_coming(date(2039, 11, 1)) == []
            with pytest.raises(attempt_months.InUse, match="lock timeout"):
                attempt_months.drop(date(2020, 1, 1))
            cursor.execute("rollback")
    finally:
        other.close()
    assert len(attempt_months.add_coming(date(2039, 11, 1))) == 3
    assert attempt_months.drop(date(2020, 1, 1)) == {}


def test_all_companies_are_told_of_a_dropped_month_in_one_statement(months: World) -> None:
    """Whoever reads a transfer waits from the drop until its commit: ten thousand statements would be seconds."""
    from bilag.audit import retention
    from bilag.events.models import Event

    add(date(2020, 1, 1))
    attempt(months, datetime(2020, 1, 5, tzinfo=UTC))
    with CaptureQueriesContext(connection) as captured:
        retention.drop_months(datetime(2020, 2, 1, tzinfo=OSLO))
    assert sum("events_event" in one["sql"] for one in captured) == 1
    assert Event.objects.get(company_id=months.company_id, name="retention").facts == {"attempts": "1"}


def test_a_month_with_a_try_that_has_not_ended_is_not_dropped(months: World) -> None:
    from bilag.transfers import attempt_months

    add(date(2020, 1, 1))
    row = attempt(months, datetime(2020, 1, 5, tzinfo=UTC), ended_at=None, verdict=None)
    with pytest.raises(attempt_months.InUse, match="has not ended"):
        attempt_months.drop(date(2020, 1, 1))
    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_month_that_the_law_keeps_is_not_dropped_whatever_the_clock_says(months: World) -> None:
    from bilag.transfers import attempt_months

    attempt(months, timezone.now())
    with pytest.raises(attempt_months.InUse, match="kept for five years"):
        attempt_months.drop(timezone.now().astimezone(OSLO).date().replace(day=1))


def test_a_role_that_owns_no_table_adds_and_drops_months(months: World) -> None:
    """The control trail is safest where Bilag is not the owner of its triggers (docs/control-trail.md)."""
    from bilag.transfers import attempt_months

    with connection.cursor() as cursor:
        cursor.execute(
            "create role bilag_app; grant select, insert, update, delete on all tables in schema public to bilag_app"
        )
        cursor.execute("grant usage on all sequences in schema public to bilag_app")
        add(date(2020, 1, 1))
        attempt(months, datetime(2020, 1, 5, tzinfo=UTC))
        try:
            cursor.execute("set role bilag_app")
            assert len(attempt_months.add_coming(date(2039, 11, 1))) == 3
            attempt(months, datetime(2039, 11, 5, tzinfo=UTC))
            assert attempt_months.drop(date(2020, 1, 1)) == {months.company_id: 1}
        finally:
            cursor.execute("reset role; drop owned by bilag_app; drop role bilag_app")
    assert tables() == ["transfers_attempt_2039_11"]


def test_a_month_cannot_be_emptied_past_bilag(months: World) -> None:
    add(date(2020, 1, 1))
    attempt(months, datetime(2020, 1, 5, tzinfo=UTC))
    for statement in ("delete from {}", "truncate {}"):
        with pytest.raises(IntegrityError, match="control trail"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format("transfers_attempt_2020_01"))


def test_months_that_nobody_keeps_are_dropped_and_each_company_is_told_how_many(months: World) -> None:
    from bilag.audit.retention import tidy_all
    from bilag.events.models import Event
    from bilag.transfers import attempt_months
    from bilag.transfers.models import Attempt

    this_year = timezone.now().year
    kept, gone = date(this_year - 5, 1, 1), date(this_year - 6, 12, 1)
    for month in (kept, gone):
        add(month)
        for day in range(3):
            attempt(months, datetime(month.year, month.month, 10 + day, tzinfo=UTC))
    tidy_all()
    assert (kept in attempt_months.existing(), gone in attempt_months.existing()) == (True, False)
    assert Attempt.objects.filter(began_at__lt=datetime(this_year - 4, 1, 1, tzinfo=UTC)).count() == 3
    told = Event.objects.get(name="retention", company_id=months.company_id)
    assert told.facts == {"attempts": "3"}
    tidy_all()
    assert Event.objects.filter(name="retention").count() == 1


def test_a_month_that_one_company_keeps_stays_and_loses_the_others_rows(months: World) -> None:
    from bilag.audit.retention import tidy_all
    from bilag.transfers import attempt_months
    from bilag.transfers.models import Attempt, Transfer

    month = date(timezone.now().year - 7, 3, 1)
    add(month)
    attempt(months, datetime(month.year, 3, 10, tzinfo=UTC))
    azets = {**company_document("", "http://127.0.0.1:9", {})["platform"]["azets"], "source_client_id": "124"}
    keeper = months.apply(
        company={"slug": "vann"},
        moment={"company_id": "4022"},
        platform={"azets": azets},
        retention={"years": 10},
    ).company_id
    row = Transfer.objects.filter(company_id=months.company_id).first()
    attempt(months, datetime(month.year, 3, 11, tzinfo=UTC), company_id=keeper, transfer=row)
    tidy_all()
    assert month in attempt_months.existing()
    assert [one.company_id for one in Attempt.objects.filter(began_at__year=month.year)] == [keeper]


@contextmanager
def statements_about_attempts() -> Iterator[list[str]]:
    """The statements that name attempts, of all threads of this process, with their values."""
    found: list[str] = []
    execute = CursorWrapper.execute

    def recording(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
        if "transfers_attempt" in sql:
            whole = cursor.cursor.mogrify(sql, params)
            found.extend(one for one in whole.split(";") if "transfers_attempt" in one)
        return execute(cursor, sql, params)

    with patch.object(CursorWrapper, "execute", recording):
        yield found


def old_months_of(statement: str) -> set[str]:
    """The months before the present one that PostgreSQL reads for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    this = f"{timezone.now().astimezone(OSLO):%Y_%m}"
    return {month for month in re.findall(r" on transfers_attempt_(\d{4}_\d\d)", plan) if month < this}


def test_the_work_of_a_transfer_reads_the_months_since_it_came(months: World) -> None:
    from bilag.transfers.queries import transfers

    first = timezone.now().date().replace(day=1)
    for _ in range(36):
        first = (first - timedelta(days=1)).replace(day=1)
        add(first)
    number = months.insert_invoice({})

    with statements_about_attempts() as statements:
        months.hint(months.invoices[number])
        months.work()
        months.retry(number)
        row = transfers.transfers(months.company_id).get(number=number, kind="invoice")
        transfers.as_json(row)
        assert [transfers.attempt_as_json(one)["verdict"] for one in transfers.attempts(row)] == ["done", "done"]
    assert len(statements) > 5
    for statement in statements:
        assert len(old_months_of(statement)) <= 1, statement  # a transfer may have come on the first of the month
