"""What an error of another system comes to, and what counts as a change of a posted invoice: the decisions themselves."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bilag.posting.invoice import Invoice, Unnumbered
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from tests.support.posting.samples import invoice, line

pytestmark = pytest.mark.usefixtures("migrated")
BUSY, LIMITED = Problem("unavailable", "hub"), Problem("rate_limited", "hub")
LOOK_IN = timedelta(seconds=3)


def outcome_of(error: EdgeError, *, sent: bool) -> Any:
    from bilag.transfers.delivery.outcome import of_error

    return of_error(error, sent=sent, look_in=LOOK_IN)


def test_lost_answer_to_what_was_sent_is_a_doubt_that_begins_now() -> None:
    found = outcome_of(Unavailable(BUSY, outcome_known=False, retry_after=17), sent=True)
    assert (found.state, found.verdict, found.sent_in_doubt) == ("in_doubt", "in_doubt", True)
    assert (found.problems, found.next_in) == ((BUSY,), LOOK_IN)


@pytest.mark.parametrize(("known", "sent"), [(True, True), (True, False), (False, False)])
def test_what_certainly_had_no_effect_waits_as_long_as_the_other_system_asks(known: bool, sent: bool) -> None:
    found = outcome_of(Unavailable(BUSY, outcome_known=known, retry_after=17), sent=sent)
    assert (found.state, found.verdict, found.sent_in_doubt) == ("waiting", "unavailable", False)
    assert (found.problems, found.retry_after, found.next_in) == ((BUSY,), 17, None)


@pytest.mark.parametrize("sent", [True, False])
def test_wrong_setup_keeps_the_transfer_queued_and_a_refusal_is_a_persons(sent: bool) -> None:
    setup = outcome_of(Misconfigured([BUSY, LIMITED]), sent=sent)
    assert (setup.state, setup.verdict, setup.problems) == ("queued", "misconfigured", (BUSY, LIMITED))
    refused = outcome_of(Refused([BUSY, LIMITED]), sent=sent)
    assert (refused.state, refused.verdict, refused.problems) == ("needs_attention", "refused", (BUSY, LIMITED))


def test_an_error_of_no_kind_is_a_fault_of_bilag() -> None:
    with pytest.raises(AssertionError, match="unknown kind of error: EdgeError"):
        outcome_of(EdgeError([BUSY]), sent=False)


@pytest.mark.parametrize(
    ("problems", "limited"), [((), False), ((LIMITED,), True), ((LIMITED, LIMITED), True), ((LIMITED, BUSY), False)]
)
def test_only_the_rate_limit_alone_is_no_failure(problems: tuple[Problem, ...], limited: bool) -> None:
    from bilag.transfers.delivery.outcome import Outcome
    from bilag.transfers.models import State, Verdict

    assert Outcome(State.WAITING, Verdict.UNAVAILABLE, problems=problems).limited is limited


# --- content ---------------------------------------------------------------------------------------------------------

SAMPLE = invoice(customer_name="Fjord AS", departments=(("10", "Oslo"),))
LATER = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
NOT_CONTENT: dict[str, Any] = {
    "version": 2,
    "export_status": "transferred",
    "modified_at": LATER,
    "customer_name": "Fjord Arkitekter AS",
    "departments": (("10", "Oslo sentrum"),),
    "moment_id": 66171,
}
CONTENT: dict[str, Any] = {
    "number": 10043,
    "finalized": False,
    "is_credit_note": True,
    "invoice_date": date(2026, 5, 30),
    "due_date": date(2026, 6, 13),
    "finalized_at": LATER,
    "description": "Prosjektledelse juni",
    "customer": "10002",
    "project": "1311",
    "department": "20",
    "your_reference": "Ola",
    "payment_id": "0050013",
    "currency": "EUR",
    "exchange_rate": Decimal("11.4"),
    "credited_number": 10001,
    "lines": (line(1, 999),),
    "net": Decimal("999.00"),
    "vat": Decimal("249.75"),
    "total": Decimal("1248.75"),
    "customer_moment_id": 7,
    "project_moment_ids": (("1207", 8),),
    "unnumbered": (Unnumbered("project", "Kai"),),
    "half_periods": (1,),
    "unknown_type": "proforma",
}


def hash_of(one: Invoice) -> str:
    from bilag.transfers.delivery.content import content_hash

    return content_hash(one)


def test_each_field_of_an_invoice_is_content_or_is_not() -> None:
    assert {one.name for one in fields(Invoice)} == CONTENT.keys() | NOT_CONTENT.keys()


@pytest.mark.parametrize("field", CONTENT)
def test_a_change_of_what_is_posted_changes_the_hash(field: str) -> None:
    assert hash_of(replace(SAMPLE, **{field: CONTENT[field]})) != hash_of(SAMPLE)


@pytest.mark.parametrize("field", NOT_CONTENT)
def test_a_change_of_what_is_not_posted_keeps_the_hash(field: str) -> None:
    assert hash_of(replace(SAMPLE, **{field: NOT_CONTENT[field]})) == hash_of(SAMPLE)


def test_the_hash_of_an_invoice_posted_by_an_earlier_bilag_is_the_same_today() -> None:
    """Another one would call every posted invoice changed. Fields that Bilag began to read later are not in it."""
    assert hash_of(invoice()) == "126c05f89ff6f5923da9cd7cf7eefd5887145eebb64da8ce56c28d2a2d0a61cc"


def change_of(now: Invoice, posted: Invoice | None = SAMPLE) -> Problem | None:
    from bilag.transfers.canonical_json import jsonable
    from bilag.transfers.delivery.changed_after_posting import change_since

    return change_since(None if posted is None else jsonable(posted), now)


def test_the_changed_fields_are_named_with_both_totals() -> None:
    now = replace(SAMPLE, description="Juni", total=Decimal("1250.5"), version=2, export_status="transferred")
    found = change_of(now)
    assert found is not None
    assert (found.code, found.subject) == ("changed_after_posting", "invoice 10042")
    assert found.facts == {
        "number": "10042",
        "fields": "description, total",
        "total_now": "1250.50",
        "total_posted": "1250.00",
    }
    described = change_of(replace(SAMPLE, description="Juni"))
    assert described is not None
    assert described.facts == {"number": "10042", "fields": "description"}


def test_an_invoice_that_was_only_finalised_again_is_not_changed() -> None:
    assert change_of(SAMPLE) is None
    assert change_of(replace(SAMPLE, finalized_at=LATER, **NOT_CONTENT)) is None


def test_where_nobody_knows_what_was_posted_the_change_is_told_without_fields() -> None:
    found = change_of(SAMPLE, None)
    assert found is not None
    assert found.facts == {"number": "10042"}


def test_a_field_that_was_not_read_when_it_was_posted_is_no_change() -> None:
    from bilag.transfers.canonical_json import jsonable
    from bilag.transfers.delivery.changed_after_posting import change_between, change_since

    kept = jsonable(SAMPLE)
    del kept["unknown_type"]
    assert change_since(kept, replace(SAMPLE, unknown_type="proforma")) is None
    between = change_between(SAMPLE, replace(SAMPLE, customer="10002"))
    assert between is not None
    assert between.facts["fields"] == "customer"
