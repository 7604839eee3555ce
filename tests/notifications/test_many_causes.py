"""Nothing that needs a person is left out, however much else does: expenses, hundreds of causes, and what was snoozed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.notifications.test_rounds import go_round, make_companies, stop_invoice


@pytest.fixture
def company(database: None) -> Any:
    return make_companies(1)[0]


def open_problems(company: Any) -> dict[str, Any]:
    from bilag.companies import store
    from bilag.inbox.open_problems import find_open_problems

    return {one.key: one for one in find_open_problems(store.load_setup_without_secrets(company.pk))}


def lines(company: Any, count: int, first: int = 1, **fields: Any) -> None:
    from bilag.expenses.models import ExpenseLine

    values = {"state": "needs_attention", "net": Decimal("10.10"), **fields}
    ExpenseLine.objects.bulk_create(
        ExpenseLine(company_id=company.pk, journal=number, entry=1, **values) for number in range(first, first + count)
    )


def problem(code: str, **facts: str) -> dict[str, Any]:
    return {"code": code, "subject": "project 12", "facts": facts, "said": None}


def test_an_expense_is_told_although_a_thousand_others_came_after_it(company: Any) -> None:
    from bilag.notifications.models import OpenCause

    lines(company, 1, problems=[problem("activity_closed", activity="Reise")])
    go_round()
    lines(company, 1200, first=2, problems=[problem("project_closed", project="12")])
    go_round()
    found = open_problems(company)
    assert {key: one.count for key, one in found.items()} == {
        "expenses|project_closed": 1200,
        "expenses|activity_closed": 1,
    }
    assert found["expenses|project_closed"].amounts == {"NOK": Decimal("12120.00")}
    assert not OpenCause.objects.filter(closed_at__isnull=False).exists(), "nothing was resolved"


def test_a_line_is_of_its_first_problem_or_of_its_document_s_and_never_of_none(company: Any) -> None:
    left_out = {"id": "1", "name": "a.pdf", "size": 1, "attachment_id": None, "problem": problem("document_too_large")}
    fine = {"id": "2", "name": "b.pdf", "size": 1, "attachment_id": 7, "problem": None}
    done = {"state": "done", "moment_id": 1, "needs_review": True}
    lines(company, 1, 1, **done, documents=[fine, left_out])
    lines(company, 1, 2, **done, problems=[problem("expense_doubled")], documents=[left_out])
    lines(company, 1, 3, **done)
    lines(company, 1, 4, problems=[])
    lines(company, 1, 5, state="ignored", reason="no_project")
    found = open_problems(company)
    assert {key: one.count for key, one in found.items()} == {
        "expenses|document_too_large": 1,
        "expenses|expense_doubled": 1,
        "expenses|unknown": 2,
    }
    go_round()
    from bilag.notifications.models import Letter

    assert "utlegg" in Letter.objects.get().text


def test_hundreds_of_causes_are_one_letter_that_can_be_read(company: Any) -> None:
    from bilag.notifications.models import Letter, OpenCause
    from bilag.notifications.sweep import send_summaries

    for number in range(60):
        stop_invoice(company, 6000 + number, "account_inactive", account=str(3000 + number))
    go_round()
    letter = Letter.objects.get()
    assert letter.subject.endswith("(og 59 saker til)")
    assert "60 saker må følges opp" in letter.text
    assert letter.text.count("Dette gjør du") == 20
    for body in (letter.text, letter.html):
        assert "40 saker til er ikke beskrevet her. Åpne Bilag for å se dem." in body
    assert OpenCause.objects.filter(closed_at=None).count() == 60
    OpenCause.objects.update(opened_at=datetime.now(UTC) - timedelta(hours=13))
    OpenCause.objects.filter(pk__gt=OpenCause.objects.order_by("pk")[30].pk).update(thread="bilag-cause-other")
    send_summaries()
    assert all(len(one.threads) <= 20 for one in Letter.objects.all())
    company.transfers.update(state="done", problems=[])
    go_round()
    assert Letter.objects.latest("pk").subject == "Alt er løst: 60 saker"
    assert "og 40 til" in Letter.objects.latest("pk").text


def snoozed(company: Any, key: str) -> bool:
    from bilag.companies import store
    from bilag.inbox.handling import snoozed_causes

    found = open_problems(company)
    return key in snoozed_causes(store.load_setup_without_secrets(company.pk), list(found.values()))


def test_a_snoozed_cause_wakes_with_a_new_document_though_others_were_resolved(company: Any) -> None:
    from bilag.inbox.handling import snooze

    for number in (1, 2, 3):
        stop_invoice(company, number)
    snooze(company.pk, open_problems(company)["transfers|kid_invalid"], 7, by="kari@kontor.example")
    go_round()
    assert snoozed(company, "transfers|kid_invalid")
    company.transfers.filter(number__in=["1", "2"]).update(state="done", problems=[])
    go_round()
    assert snoozed(company, "transfers|kid_invalid")
    stop_invoice(company, 4)
    go_round()
    assert not snoozed(company, "transfers|kid_invalid"), "an invoice that nobody has seen needs a person"


def test_a_cause_that_comes_back_is_not_snoozed(company: Any) -> None:
    from bilag.inbox.handling import snooze

    stop_invoice(company, 1)
    snooze(company.pk, open_problems(company)["transfers|kid_invalid"], 7, by="kari@kontor.example")
    go_round()
    company.transfers.update(state="done", problems=[])
    go_round()
    stop_invoice(company, 2)
    go_round()
    assert not snoozed(company, "transfers|kid_invalid")


def test_a_reconciliation_that_ends_after_a_later_one_is_seen(company: Any) -> None:
    """The stamp follows each end: two months that are compared at the same time may end in either order."""
    from bilag.notifications.changes import find_changed
    from bilag.reconciliation.models import Reconciliation

    now = datetime.now(UTC)
    slow, quick = (
        Reconciliation.objects.create(company_id=company.pk, first=first, last=first, began_at=now)
        for first in (now.date() - timedelta(days=60), now.date() - timedelta(days=30))
    )
    Reconciliation.objects.filter(pk=quick.pk).update(ended_at=now)
    go_round()
    before = {stamp for _company, stamp in find_changed()}
    Reconciliation.objects.filter(pk=slow.pk).update(ended_at=now + timedelta(seconds=1))
    assert {one for one, _stamp in find_changed()} == {company.pk}, before
