"""What goes to accounting by itself, what goes by hand, and what stays (DESIGN, rule 10)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bilag.messages import render_reason
from bilag.posting.master import Customer, Project
from bilag.posting.selection import oslo_date, reason_to_skip_customer, reason_to_skip_invoice, reason_to_skip_project
from tests.support.posting.samples import invoice

CUSTOMER = Customer(1, "10001", "Nordlys AS", "potential")
PROJECT = Project(2, "1207", "Hovedkontor", "inProgress")


@pytest.mark.parametrize(
    ("changes", "by_itself", "manual"),
    [
        ({}, None, None),
        ({"finalized": False}, "not_finalized", "not_finalized"),
        ({"number": None}, "not_finalized", "not_finalized"),
        ({"export_status": "doNotTransfer"}, "do_not_transfer", "do_not_transfer"),
        ({"export_status": "transferred"}, "already_transferred", None),
        ({"export_status": "onHold"}, "export_status_unknown", None),
        ({"finalized_at": datetime(2026, 4, 30, 12, tzinfo=UTC)}, "before_invoices_from", None),
        ({"finalized_at": None, "invoice_date": date(2026, 4, 30)}, "before_invoices_from", None),
        ({"finalized_at": None, "invoice_date": date(2026, 5, 1)}, None, None),
        ({"finalized_at": None, "invoice_date": None}, None, None),
    ],
)
def test_which_invoices_stay(changes: dict[str, Any], by_itself: str | None, manual: str | None) -> None:
    one, first_day = invoice(**changes), date(2026, 5, 1)
    assert reason_to_skip_invoice(one, switched_on=True, manual=False, invoices_from=first_day) == by_itself
    assert reason_to_skip_invoice(one, switched_on=True, manual=True, invoices_from=first_day) == manual


@pytest.mark.parametrize("manual", [False, True])
def test_a_switch_holds_back_everything(manual: bool) -> None:
    assert reason_to_skip_invoice(invoice(), switched_on=False, manual=manual, invoices_from=None) == "switch_off"
    assert reason_to_skip_customer(CUSTOMER, switched_on=False, states=set(), manual=manual) == "switch_off"
    assert reason_to_skip_project(PROJECT, switched_on=False, states=set(), manual=manual) == "switch_off"


def test_without_a_first_day_none_is_too_early() -> None:
    assert reason_to_skip_invoice(invoice(), switched_on=True, manual=False, invoices_from=None) is None


def test_no_chosen_states_means_all_and_by_hand_ignores_them() -> None:
    for states, manual, expected in (
        (set(), False, None),
        ({"active"}, False, "state_filtered"),
        ({"active"}, True, None),
        ({"active", "potential", "inProgress"}, False, None),
    ):
        assert reason_to_skip_customer(CUSTOMER, switched_on=True, states=states, manual=manual) == expected
        assert reason_to_skip_project(PROJECT, switched_on=True, states=states, manual=manual) == expected


def test_the_day_is_oslos() -> None:
    assert oslo_date(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == date(2026, 11, 1)
    assert oslo_date(datetime(2026, 5, 31, 21, 59, tzinfo=UTC)) == date(2026, 5, 31)
    assert oslo_date(datetime(2026, 5, 31, 22, 0, tzinfo=UTC)) == date(2026, 6, 1)
    assert oslo_date(datetime(2026, 5, 31, 23, 59)) == date(2026, 5, 31), "without a zone it is Oslo's"  # noqa: DTZ001
    midnight = invoice(finalized_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    assert reason_to_skip_invoice(midnight, switched_on=True, manual=False, invoices_from=date(2026, 11, 1)) is None


@pytest.mark.parametrize(
    "reason",
    [
        "switch_off",
        "state_filtered",
        "not_finalized",
        "do_not_transfer",
        "already_transferred",
        "export_status_unknown",
        "before_invoices_from",
        "nothing_to_post",
        "not_in_moment",
        "other_number",
        "no_project_dimension",
    ],
)
def test_each_reason_is_told_in_both_languages(reason: str) -> None:
    english, norwegian = render_reason(reason, "en"), render_reason(reason, "nb")
    assert english.endswith(".")
    assert norwegian.endswith(".")
    assert english != norwegian
