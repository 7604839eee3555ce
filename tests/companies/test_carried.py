"""What of an invoice does not reach accounting is named: by the check, on the invoice's page, and nowhere else as a difference."""

from dataclasses import replace
from typing import Any

import pytest

from bilag.messages import render_notes
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.posting.note import Note
from bilag.posting.plan import plan_invoice
from bilag.posting.posted import left_behind
from tests.support.desk import Desk
from tests.support.posting.samples import chart, invoice, rules

BARE = frozenset({"due_date", "payment_id", "your_reference", "units"})


@pytest.fixture
def bare_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """An accounting system without places for these."""
    read = AzetsPlatform.chart

    def bare(self: AzetsPlatform, **how: Any) -> Any:
        return replace(read(self, **how), not_carried=BARE)

    monkeypatch.setattr(AzetsPlatform, "chart", bare)


def test_check_names_what_does_not_arrive(office: Desk, bare_ledger: None) -> None:
    applied = office.type("company", "apply", str(office.write()), "--json")
    steps = {step["name"]: step for step in applied.json["check"]["steps"]}
    assert steps["carried"]["standing"] == "ok"
    assert steps["carried"]["detail"] == (
        "this is in Moment only: the due date, the payment id (KID), your reference, project and department"
    )


def test_check_is_silent_where_everything_arrives(office: Desk) -> None:
    applied = office.type("company", "apply", str(office.write()), "--json")
    assert "carried" not in {step["name"] for step in applied.json["check"]["steps"]}


def test_plan_names_what_of_this_invoice_does_not_arrive() -> None:
    by = rules(chart=chart(not_carried=BARE))
    [note] = plan_invoice(invoice(), by).notes
    assert note == Note("not_carried", {"fields": "due_date, your_reference, units"})
    assert render_notes([note], "en") == [
        "The accounting system has no place for some of what the invoice says, which is then in Moment only: "
        "the due date, your reference, project and department."
    ]
    assert render_notes([note], "nb") == [
        "Regnskapssystemet har ikke plass til alt på fakturaen. Dette står bare i Moment: "
        "forfallsdatoen, deres referanse, prosjekt og avdeling."
    ]
    with_kid = plan_invoice(invoice(payment_id="0050013"), by)
    assert [one.facts["fields"] for one in with_kid.notes] == ["due_date, payment_id, your_reference, units"]
    assert plan_invoice(invoice(), rules()).notes == ()
    assert left_behind(with_kid.vouchers[0], frozenset({"number", "credited_number", "text", "entry_text"})) == (
        "number", "text", "entry_text",
    )  # fmt: skip
