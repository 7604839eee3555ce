"""The round of every minute: one statement for all companies, one round at a time, and no company stops another's letters."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.bare_company import bare_company
from tests.support.patience import PATIENCE

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PER_COMPANY = 22
"""Statements of a company in which something changed: its problems, its causes, its letter and the job that sends it."""
PER_ROUND = 5


@pytest.fixture
def companies(database: None) -> list[Any]:
    """Three companies that are live, each with one recipient."""
    return make_companies(3)


def make_companies(count: int) -> list[Any]:
    from bilag.companies.models import Company, IntegrationSetup

    found = [
        bare_company(f"firma-{number}", name=f"Firma {number} AS", moment_company=str(number), secrets={})
        for number in range(1, count + 1)
    ]
    for row in IntegrationSetup.objects.all():
        row.settings = {**row.settings, "notify": {"emails": [f"{row.company_id}@kontor.example"]}}
        row.save()
    Company.objects.update(live=True, live_since=date(2020, 1, 1))
    return found


def stop_invoice(company: Any, number: int = 5307, code: str = "kid_invalid", **facts: str) -> Any:
    """An invoice of the company that needs attention."""
    from bilag.companies.store import source_of
    from bilag.transfers.models import Transfer

    return Transfer.objects.create(
        company=company, source_id=source_of(company.pk), kind="invoice", number=str(number), state="needs_attention",
        hinted_at=NOW, problems=[{"code": code, "subject": f"invoice {number}", "facts": facts, "said": None}],
    )  # fmt: skip


def go_round() -> None:
    from bilag.notifications import sweep

    sweep.notify_all()


def letters(company: Any) -> list[str]:
    return list(company.letters.order_by("pk").values_list("subject", flat=True))


def test_two_hundred_companies_of_which_three_changed(database: None) -> None:
    found = make_companies(200)
    go_round()
    with patch("django.utils.timezone.now", lambda: NOW):
        go_round()
        with CaptureQueriesContext(connection) as quiet:
            go_round()
        assert len(quiet) <= PER_ROUND, [one["sql"][:80] for one in quiet]
        for company in (found[3], found[77], found[199]):
            stop_invoice(company)
        with CaptureQueriesContext(connection) as ran:
            go_round()
        assert len(ran) <= PER_ROUND + 3 * PER_COMPANY, [one["sql"][:80] for one in ran]
        with CaptureQueriesContext(connection) as quiet:
            go_round()
        assert len(quiet) <= PER_ROUND
    assert [letters(found[place]) for place in (3, 77, 199)] == [["Faktura 5307: KID er ugyldig"]] * 3
    assert sum(len(letters(company)) for company in found) == 3


def more_stops(company: Any) -> None:
    stop_invoice(company, 5308)


def is_paused(company: Any) -> None:
    from bilag.companies.models import Company

    problem: dict[str, Any] = {"code": "moment_credentials", "subject": "company", "facts": {}, "said": None}
    Company.objects.filter(pk=company.pk).update(paused=problem)


def is_resolved(company: Any) -> None:
    company.transfers.update(state="done", problems=[])


def is_another_problem(company: Any) -> None:
    company.transfers.update(problems=[{"code": "customer_missing", "subject": "", "facts": {}, "said": None}])


def ledger_is_ahead(company: Any) -> None:
    company.ledgers.update(ahead={"documents": ["invoice 4"], "count": 1, "since": NOW.isoformat(), "how": "night"})


def expense_stops(company: Any) -> None:
    from bilag.expenses.models import ExpenseLine

    ExpenseLine.objects.create(
        company=company, journal=7, entry=1, state="needs_attention",
        problems=[{"code": "expense_refused", "subject": "", "facts": {}, "said": None}],
    )  # fmt: skip


def night_finds_differences(company: Any) -> None:
    from bilag.reconciliation.models import Reconciliation

    Reconciliation.objects.create(
        company=company, first=date(2026, 10, 1), last=date(2026, 10, 31), began_at=NOW, ended_at=NOW,
        counts={"differing": 2}, digest="x",
    )  # fmt: skip


def month_is_signed(company: Any) -> None:
    from bilag.reconciliation.actions import sign_off
    from bilag.reconciliation.models import Reconciliation

    sign_off(Reconciliation.objects.get(company=company), by="Kari", remark="As agreed")


CHANGES: list[tuple[Callable[[Any], None], ...]] = [
    (stop_invoice,),
    (stop_invoice, more_stops),
    (is_paused,),
    (stop_invoice, is_resolved),
    (stop_invoice, is_another_problem),
    (ledger_is_ahead,),
    (expense_stops,),
    (night_finds_differences,),
    (night_finds_differences, month_is_signed),
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: changes[-1].__name__)
def test_each_kind_of_change_is_seen(companies: list[Any], changes: tuple[Callable[[Any], None], ...]) -> None:
    """After every change the open causes are what a look at this company alone finds."""
    from bilag.companies import store
    from bilag.inbox.open_problems import find_open_problems
    from bilag.notifications.models import OpenCause

    company = companies[1]
    with patch("django.utils.timezone.now", lambda: NOW):
        go_round()
        for change in changes:
            change(company)
            go_round()
            expected = {(one.key, one.count) for one in find_open_problems(store.load_setup(company.pk))}
            kept = OpenCause.objects.filter(closed_at=None).values_list("key", "count")
            assert set(kept) == expected, change.__name__
    assert letters(company)
    assert letters(companies[0]) == letters(companies[2]) == []


def test_polls_that_fail_for_six_hours_are_told_although_nothing_changes(companies: list[Any]) -> None:
    from bilag.events.models import Event
    from bilag.transfers.models import PollMark

    company = companies[0]
    for kind in ("customer", "project", "invoice"):
        PollMark.objects.create(company=company, kind=kind, polled_at=NOW)
    for minutes in range(0, 7 * 60, 10):
        at = NOW + timedelta(minutes=minutes)
        with patch("django.utils.timezone.now", lambda at=at: at):
            Event.objects.create(company=company, name="poll_failed", good=False)
            go_round()
        if letters(company):
            break
    assert letters(company) == ["Ikke hentet fra Moment på seks timer"]
    assert timedelta(hours=6) <= at - NOW <= timedelta(hours=6, minutes=20)


def test_a_company_that_cannot_be_notified_stops_no_other(
    companies: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.inbox.open_problems import find_open_problems

    for company in companies:
        stop_invoice(company)

    def fail(setup: Any) -> Any:
        if setup.company_id == companies[0].pk:
            raise AttributeError("a fault of Bilag")
        return find_open_problems(setup)

    monkeypatch.setattr("bilag.notifications.alerts.find_open_problems", fail)
    go_round()
    assert [len(letters(company)) for company in companies] == [0, 1, 1]
    monkeypatch.undo()
    go_round()
    assert [len(letters(company)) for company in companies] == [1, 1, 1], "it is tried again in the next round"


def test_unreadable_secrets_keep_no_letter_back(companies: list[Any]) -> None:
    from bilag.companies import store
    from bilag.companies.models import IntegrationSetup
    from bilag.companies.secrets import SecretsUnreadable

    IntegrationSetup.objects.filter(company=companies[0]).update(secrets="not of any key")
    for company in companies:
        stop_invoice(company)
    go_round()
    with pytest.raises(SecretsUnreadable):
        store.load_setup(companies[0].pk)
    assert [len(letters(company)) for company in companies] == [1, 1, 1]


def test_two_rounds_do_not_run_at_once(companies: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.notifications import alerts

    stop_invoice(companies[0])
    looks: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def look(company_id: int, _stamp: str) -> None:
        looks.append(company_id)
        begun.set()
        assert go_on.wait(PATIENCE)

    monkeypatch.setattr(alerts, "notify_new_problems", look)

    def other_process() -> None:
        try:
            go_round()
        finally:
            connection.close()

    first = threading.Thread(target=other_process)
    first.start()
    assert begun.wait(PATIENCE)
    before = len(looks)
    go_round()
    assert len(looks) == before, "a second round looked at a company"
    go_on.set()
    first.join(PATIENCE)
    assert sorted(set(looks)) == sorted(company.pk for company in companies)


def test_a_summary_whose_job_ran_twice_comes_once(companies: list[Any]) -> None:
    from bilag.notifications import sweep
    from bilag.notifications.models import OpenCause

    for company in companies[:2]:
        stop_invoice(company)
    go_round()
    OpenCause.objects.update(opened_at=datetime.now(UTC) - timedelta(hours=13))
    sweep.send_summaries()
    sweep.send_summaries()
    assert [len(letters(company)) for company in companies] == [2, 2, 0]
    assert letters(companies[0])[1] == "Påminnelse: Faktura 5307: KID er ugyldig"


def test_no_reminder_of_what_a_member_has_put_off(companies: list[Any]) -> None:
    from bilag.companies import store
    from bilag.inbox import handling
    from bilag.inbox.open_problems import find_open_problems
    from bilag.notifications import sweep
    from bilag.notifications.models import OpenCause

    company = companies[0]
    stop_invoice(company)
    stop_invoice(company, 5308, "customer_missing")
    go_round()
    OpenCause.objects.update(opened_at=datetime.now(UTC) - timedelta(hours=13))
    put_off, other = find_open_problems(store.load_setup(company.pk))
    handling.snooze(company.pk, put_off, 3, by="Kari")
    sweep.send_summaries()
    assert len(letters(company)) == 2
    assert other.example.split()[1] in letters(company)[1]
    assert put_off.example.split()[1] not in letters(company)[1]
