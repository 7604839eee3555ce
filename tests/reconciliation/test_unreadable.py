"""Invoices of Moment that cannot be read: each in its month, and the sums say that they lack it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.reconciliation.test_pages import text
from tests.support.people import People
from tests.support.reconciliation import Compare, found
from tests.support.world import World

OCTOBER = {"first": date(2026, 10, 1), "last": date(2026, 10, 31)}
Spoil = Callable[..., None]


@pytest.fixture
def spoil(world: World, monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Let Moment answer with other fields for an invoice than it should, in lists and alone."""
    from bilag.moment.session import MomentSession

    spoilt: dict[int, dict[str, Any]] = {}
    get = MomentSession.get

    def answered(self: Any, path: str, *rest: Any, **more: Any) -> Any:
        answer = get(self, path, *rest, **more)
        if path.startswith("invoices") and isinstance(answer, dict):
            rows = [row for row in answer.get("content", [answer]) if isinstance(row, dict)]
            for row in rows:
                row.update(spoilt.get(row["id"], {}))
        return answer

    def spoil(number: int, **fields: Any) -> None:
        spoilt[world.invoices[number]["id"]] = fields

    monkeypatch.setattr(MomentSession, "get", answered)
    return spoil


def test_an_unreadable_invoice_is_in_its_month_only_and_the_sums_say_that_they_lack_it(
    world: World, posted: list[int], compared: Compare, spoil: Spoil
) -> None:
    number = world.insert_invoice({"exportStatus": "doNotTransfer"})
    spoil(number, netAmount="12 500", exportStatus="toTransfer")
    run = compared()
    row = run.findings.get(number=number)
    assert (row.found, row.reason, row.unread, row.total) == ("missing", "needs_person", True, None)
    assert row.invoice_date is not None
    assert (row.name, row.problems[0]["code"]) != ("", "")
    assert (run.counts["unread"], run.counts["missing"]) == (1, 1)
    assert run.sums["NOK"]["moment"] == "37500.00"
    assert found(run, "matched") == posted
    other = compared(**OCTOBER)
    assert (list(other.findings.all()), other.counts["unread"]) == ([], 0)


def test_the_day_of_finalising_counts_where_the_date_cannot_be_read(
    world: World, compared: Compare, spoil: Spoil
) -> None:
    number = world.insert_invoice({})
    spoil(number, issueDate="23.11.2026", finalizedDate="2026-10-31T23:30:00+00:00")
    assert found(compared(), "missing") == [number], "half past midnight on 1 November in Oslo"
    assert compared(**OCTOBER).findings.count() == 0
    spoil(number, issueDate=None, finalizedDate="2026-10-31T22:30:00+00:00")
    assert compared().findings.count() == 0
    assert found(compared(**OCTOBER), "missing") == [number]


@pytest.mark.parametrize("readable", [True, False])
def test_an_invoice_without_any_date_stands_apart_in_every_month(
    world: World, posted: list[int], compared: Compare, spoil: Spoil, readable: bool
) -> None:
    from bilag.reconciliation import actions, queries

    number = world.insert_invoice({"exportStatus": "doNotTransfer"})
    spoil(number, issueDate=None, finalizedDate=None, **({} if readable else {"currency": None}))
    for run in (compared(**OCTOBER), compared()):
        assert found(run, "undated") == [number]
        assert (run.counts["unread"], run.counts["missing"]) == (1, 0)
        assert not actions.is_wrong(run)
        [told] = queries.as_json(run)["undated"]
        assert "may belong to this period or to another" in told["reasonText"]
        assert queries.as_json(run)["notInSums"] == 1
    assert run.sums["NOK"] == {"moment": "37500.00", "journal": "37500.00", "difference": "0.00", "explained": "0.00"}


def test_an_unreadable_invoice_that_is_posted_is_in_the_month_of_its_voucher(
    world: World, posted: list[int], compared: Compare, spoil: Spoil
) -> None:
    spoil(posted[1], issueDate=None, finalizedDate=None, lines="none")
    run = compared()
    row = run.findings.get(number=posted[1])
    assert (row.found, row.unread, row.posted_total) == ("differing", True, 12500)
    assert (run.sums["NOK"]["difference"], run.counts["unread"]) == ("-12500.00", 1)


def test_an_invoice_without_a_readable_number_is_told_too(
    world: World, posted: list[int], compared: Compare, spoil: Spoil
) -> None:
    from bilag.reconciliation import actions, queries
    from bilag.web.reconciliation_pages import sheet

    one, other = world.insert_invoice({}), world.insert_invoice({})
    spoil(one, invoiceNumber="F-1")
    spoil(other, invoiceNumber=None)
    run = compared()
    assert run.findings.filter(number=None, found="missing", unread=True).count() == 2
    assert run.counts["unread"] == 2
    assert [told["number"] for told in queries.as_json(run)["missing"]] == [None, None]
    assert len(list(sheet.rows(run))) == run.findings.count()
    assert actions.send_missing(run, origin="kari") == []


def test_a_voucher_whose_invoice_cannot_be_read_does_not_stop_the_comparison(
    world: World, posted: list[int], compared: Compare, spoil: Spoil
) -> None:
    """The invoice changed so long ago that it is only looked up for its voucher."""
    spoil(posted[0], invoiceState="draft-ish", totalAmount="many")
    run = compared()
    assert run.problem is None
    assert run.findings.get(number=posted[0]).found == "differing"


def test_page_sheet_and_command_say_what_the_sums_lack(
    people: People, posted: list[int], compared: Compare, spoil: Spoil, capsys: pytest.CaptureFixture[str]
) -> None:
    from bilag.cli import reconcile
    from bilag.reconciliation import queries

    number, undated = people.world.insert_invoice({}), people.world.insert_invoice({})
    spoil(number, totalAmount="many")
    spoil(undated, issueDate=None, finalizedDate=None)
    run, owner = compared(), people.client("owner")
    for path in ("", "print/"):
        page = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/{path}"))
        assert "The totals lack 2 invoices that cannot be read in Moment." in page
    norwegian = text(people.client("owner", "nb").get(f"/c/fjell/reconciliation/{run.pk}/?found=undated"))
    assert "Summene mangler 2 fakturaer som ikke kan leses i Moment." in norwegian
    assert "Datoen kan ikke leses" in norwegian
    assert '<td data-label="Unreadable" class="number">2</td>' in text(owner.get("/c/fjell/reconciliation/"))
    reconcile._print(queries.as_json(run))
    assert "The totals lack invoices that cannot be read in Moment: 2." in " ".join(capsys.readouterr().err.split())
