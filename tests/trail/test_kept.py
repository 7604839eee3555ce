"""The database itself keeps the control trail: an ended attempt, a change of the setup and an event never change."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from tests.support.world import World

KEPT = (
    "transfers_attempt",
    "companies_setupchange",
    "events_event",
    "reconciliation_signoff",
    "rehearsal_rehearsalsignoff",
)


def refused(statement: str) -> str:
    """What the database says to the statement, as the application's own user sends it."""
    with pytest.raises(IntegrityError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(told.value)


@pytest.fixture
def rows(trail: World) -> World:
    from bilag.events.record import record
    from bilag.reconciliation.models import SignOff
    from bilag.rehearsal.models import RehearsalSignOff

    record(trail.company_id, "poll", origin="test")
    SignOff.objects.create(
        company_id=trail.company_id,
        month=date(2026, 10, 1),
        by="kari",
        at=datetime.now(UTC),
        digest="",
        counts={},
        sums={},
    )
    RehearsalSignOff.objects.create(
        company_id=trail.company_id,
        first=date(2025, 10, 1),
        last=date(2026, 9, 30),
        by="kari",
        at=datetime.now(UTC),
        digest="",
        counts={},
        sums={},
    )
    with connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone()[0] > 0, table
    return trail


@pytest.mark.parametrize("table", KEPT)
def test_no_row_is_deleted_or_truncated_past_bilag(rows: World, table: str) -> None:
    for statement in (f"delete from {table}", f"truncate {table} cascade"):
        assert "control trail" in refused(statement)


def test_no_change_of_the_setup_and_no_event_is_changed(rows: World) -> None:
    assert "never changed" in refused("update companies_setupchange set origin = 'somebody else'")
    assert "never changed" in refused("update events_event set good = true")
    assert "never changed" in refused("update reconciliation_signoff set by = 'somebody else'")
    assert "never changed" in refused("update rehearsal_rehearsalsignoff set by = 'somebody else'")


def test_ended_attempt_is_never_changed(rows: World) -> None:
    for change in ("verdict = 'done'", "source = '{}'", "ended_at = null", "exchanges = '[]'", "setup_version = 9"):
        assert "has ended" in refused(f"update transfers_attempt set {change} where ended_at is not null")


def test_attempt_under_way_is_ended_and_nothing_else_of_it_changes(rows: World) -> None:
    from bilag.transfers.models import Attempt, Transfer

    now = datetime.now(UTC)
    row = Attempt.objects.create(
        transfer=Transfer.objects.first(), company_id=rows.company_id, began_at=now, setup_version=1, source={"a": 1}
    )
    for change in ("source = '{}'", "began_at = now()", "setup_version = 2", "cause = 'x'", "source_hash = 'x'", "verdict = 'done'",
                   "exchanges = '[1]'", "source = '{}', ended_at = now()"):  # fmt: skip
        assert "nothing else of it changed" in refused(f"update transfers_attempt set {change} where id = {row.pk}")
    Attempt.objects.filter(pk=row.pk).update(ended_at=now, verdict="done", exchanges=[], problems=[])
    assert "has ended" in refused(f"update transfers_attempt set verdict = 'refused' where id = {row.pk}")


def test_removing_is_for_one_company_and_for_deleting_only(rows: World) -> None:
    from bilag.audit.deletion_permit import removing
    from bilag.transfers.models import Attempt

    with pytest.raises(IntegrityError, match="control trail"), removing(rows.company_id + 1):
        Attempt.objects.all().delete()
    with pytest.raises(IntegrityError, match="has ended"), removing(rows.company_id):
        Attempt.objects.filter(ended_at__isnull=False).update(verdict="done")
    for word in ("all", "", str(rows.company_id + 1)):
        for statement in ("delete from events_event", "truncate events_event cascade"):
            assert "control trail" in refused(f"set local bilag.removing = '{word}'; {statement}")
    count = Attempt.objects.count()
    with removing(rows.company_id):
        assert Attempt.objects.all().delete()[0] == count
    assert "control trail" in refused("delete from events_event"), "the door is closed again"


def test_each_attempt_says_what_caused_it(trail: World) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Attempt, Kind, Transfer

    assert set(Attempt.objects.filter(transfer__kind="invoice").values_list("cause", flat=True)) == {"poll"}
    stopped = Transfer.objects.get(state="needs_attention", kind="invoice")
    accept.retry(trail.company_id, Kind.INVOICE, [stopped.number], origin="kari@fjell.example")
    trail.work()
    assert stopped.attempts.order_by("-id").first().cause == "tried again by kari@fjell.example"
