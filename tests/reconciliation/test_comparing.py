"""Every finalised invoice of a month against the journal: what agrees, and each way in which it does not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.patience import PATIENCE
from tests.support.reconciliation import FIRST, LAST, Compare, found, other_voucher, reverse
from tests.support.requests_sent import held_during_requests
from tests.support.world import LAST_DAY, World


def test_posted_invoices_agree_to_the_ore(world: World, posted: list[int], compared: Compare) -> None:
    run = compared()
    assert found(run, "matched") == posted
    assert run.counts == {**dict.fromkeys(run.counts, 0), "matched": 3}
    expected = {"moment": "37500.00", "journal": "37500.00", "difference": "0.00", "explained": "0.00"}
    assert run.sums == {"NOK": expected}
    assert (run.problem, run.staged.count()) == (None, 0)


def test_invoice_that_was_never_sent_is_missing_and_is_sent_by_itself(
    world: World, posted: list[int], compared: Compare
) -> None:
    from bilag.reconciliation import actions

    number = world.insert_invoice({})
    run = compared()
    assert found(run, "missing") == [number]
    assert run.findings.get(number=number).reason == "not_sent"
    assert run.sums["NOK"]["difference"] == "12500.00"
    assert actions.send_by_itself(run) == 1
    world.work()
    assert len(world.vouchers(number)) == 1
    assert found(compared(), "matched") == [*posted, number]


def test_invoice_that_waits_for_a_person_is_missing_for_that_reason(world: World, compared: Compare) -> None:
    number = world.insert_invoice({"line": {"accountNumber": "3999"}})
    world.poll()
    world.work()
    row = compared().findings.get(number=number)
    assert (row.found, row.reason) == ("missing", "needs_person")
    assert [problem["code"] for problem in row.problems] == ["account_unknown"]


def test_second_voucher_of_a_number_is_found(world: World, posted: list[int], compared: Compare) -> None:
    other_voucher(world, posted[1], "12500.00")
    run = compared()
    assert found(run, "duplicate") == [posted[1]]
    assert len(run.findings.get(found="duplicate").journals) == 2
    assert run.sums["NOK"]["difference"] == "-12500.00"


def test_voucher_that_was_taken_back_is_missing_and_not_twice_there(
    world: World, posted: list[int], compared: Compare
) -> None:
    reverse(world, posted[0])
    run = compared()
    assert found(run, "missing") == [posted[0]]
    row = run.findings.get(number=posted[0])
    assert (row.reason, row.posted_total, len(row.journals)) == ("reversed", Decimal("0.00"), 2)


DECEMBER = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}


def test_what_is_wrong_in_a_month_is_put_right_in_a_later_one(
    world: World, posted: list[int], compared: Compare
) -> None:
    """The month is closed when somebody sees it: the extra voucher is reversed in the month that is open."""
    other_voucher(world, posted[1], "12500.00")
    assert found(compared(), "duplicate") == [posted[1]]
    extra = world.vouchers(posted[1])[-1]["journalNumber"]
    world.hub.ask("POST", f"/admin/clients/123/journals/{extra}/reverse", {"valueDate": "2026-12-01"})
    run = compared()
    assert found(run, "matched") == posted
    assert len(run.findings.get(number=posted[1]).journals) == 3
    assert run.sums["NOK"]["difference"] == "0.00"
    later = compared(**DECEMBER)
    assert (found(later, "matched"), found(later, "differing")) == ([posted[1]], [])


def test_an_unknown_voucher_that_is_reversed_in_a_later_month_is_nobodys_question(
    world: World, posted: list[int], compared: Compare
) -> None:
    last = world.insert_invoice({"invoiceNumber": posted[-1] + 2})
    world.poll()
    world.work()
    unknown = posted[-1] + 1
    other_voucher(world, unknown)
    assert found(compared(), "unknown") == [unknown]
    reverse(world, unknown, date(2026, 12, 1))
    assert found(compared(), "unknown") == []
    assert found(compared(**DECEMBER), "unknown") == []
    assert last in found(compared(), "matched")


def test_vouchers_of_several_days_and_months_are_judged_together(
    world: World, posted: list[int], compared: Compare
) -> None:
    """The extra voucher is of another day than the invoice's own, and its reversal of another month."""
    other_voucher(world, posted[1], "12500.00", voucherDate="2026-11-26")
    assert found(compared(), "duplicate") == [posted[1]]
    extra = world.vouchers(posted[1])[-1]["journalNumber"]
    world.hub.ask("POST", f"/admin/clients/123/journals/{extra}/reverse", {"valueDate": "2026-12-02"})
    assert found(compared(), "matched") == posted
    later = compared(**DECEMBER)
    assert (found(later, "matched"), later.findings.count()) == ([posted[1]], 1)


def test_a_reversal_that_is_reversed_in_a_later_month_stands_there_and_is_not_gone(
    world: World, posted: list[int], compared: Compare
) -> None:
    reverse(world, posted[0], date(2026, 11, 25))
    assert found(compared(), "missing") == [posted[0]]
    again = world.vouchers(posted[0])[-1]["journalNumber"]
    world.hub.ask("POST", f"/admin/clients/123/journals/{again}/reverse", {"valueDate": "2026-12-02"})
    for period in ({}, DECEMBER):
        run = compared(**period)
        assert (found(run, "missing"), found(run, "duplicate")) == ([], [])
        fields = {one["facts"]["field"] for one in run.findings.get(number=posted[0]).problems}
        assert fields <= {"value_date", "voucher_date"}, "of the invoice's voucher, only the day is another"


def test_an_invoice_that_is_reversed_in_a_later_month_is_gone_there(
    world: World, posted: list[int], compared: Compare
) -> None:
    reverse(world, posted[0], date(2026, 12, 1))
    assert found(compared(), "matched") == posted, "in the books of its month it stands"
    run = compared(**DECEMBER)
    row = run.findings.get()
    assert (row.number, row.found, row.reason) == (posted[0], "missing", "reversed")


def test_voucher_of_another_amount_is_told_field_by_field(world: World, compared: Compare) -> None:
    number = world.insert_invoice({"exportStatus": "transferred"})
    other_voucher(world, number, "12000.00")
    row = compared().findings.get(number=number)
    assert row.found == "differing"
    fields = {problem["facts"]["field"]: problem["facts"] for problem in row.problems}
    assert (fields["total"]["expected"], fields["total"]["found"]) == ("12500.00", "12000.00")
    assert {"total", "customer", "net", "vat"} <= set(fields)


def test_voucher_in_the_series_that_moment_does_not_know(world: World, posted: list[int], compared: Compare) -> None:
    world.moment.ask("POST", "/admin/invoices/finalize", {"count": 0})
    unknown = posted[-1] + 1
    number = world.insert_invoice({"invoiceNumber": posted[-1] + 2})
    other_voucher(world, unknown)
    far_away = 990001
    other_voucher(world, far_away)
    run = compared()
    assert found(run, "unknown") == [unknown]
    assert far_away not in run.findings.values_list("number", flat=True), "another series is nobody's business"
    assert found(run, "missing") == [number]


def test_number_that_neither_side_has_is_a_gap_until_its_reason_is_recorded(
    world: World, posted: list[int], compared: Compare
) -> None:
    from bilag.reconciliation import number_gaps, queries

    world.insert_invoice({"invoiceNumber": posted[-1] + 3})
    run = compared()
    assert found(run, "gap") == [posted[-1] + 1, posted[-1] + 2]
    number_gaps.record_reason(world.company_id, posted[-1] + 1, " Kladd slettet\nav Kari ", by="kari@fjell.example")
    told = {one["number"]: one["reason"] for one in queries.as_json(run)["gaps"]}
    assert told == {posted[-1] + 1: "Kladd slettet av Kari", posted[-1] + 2: None}
    with pytest.raises(ValueError, match="empty"):
        number_gaps.record_reason(world.company_id, posted[-1] + 2, " \n", by="kari@fjell.example")


def test_number_missing_between_two_months_is_a_gap_of_the_later_one(world: World, compared: Compare) -> None:
    last = world.insert_invoice({"issueDate": "2026-10-31", "dueDate": "2026-11-14"})
    world.insert_invoice({"invoiceNumber": last + 2})
    assert found(compared(), "gap") == [last + 1]
    assert found(compared(first=date(2026, 10, 1), last=date(2026, 10, 31)), "gap") == []


def test_where_another_series_begins_no_number_is_told_and_the_gaps_in_both_are(
    world: World, compared: Compare
) -> None:
    first = world.insert_invoice({})
    for number in (first + 2, first + 5000, first + 5002):
        world.insert_invoice({"invoiceNumber": number})
    assert found(compared(), "gap") == [first + 1, first + 5001]


def test_a_comparison_that_dies_is_ended_and_says_nothing(
    world: World, posted: list[int], compared: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.reconciliation import runner
    from bilag.reconciliation.models import Reconciliation

    def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(runner.number_gaps, "find_gaps", dies)
    with pytest.raises(RuntimeError):
        compared()
    run = Reconciliation.objects.get()
    assert run.ended_at is not None
    assert run.problem["code"] == "reconciliation_interrupted"
    assert run.findings.count() == 0


def test_number_of_another_month_is_no_gap(world: World, posted: list[int], compared: Compare) -> None:
    world.insert_invoice({"issueDate": "2026-10-31", "dueDate": "2026-11-14"})
    last = world.insert_invoice({})
    run = compared()
    assert (found(run, "gap"), found(run, "missing")) == ([], [last])


def test_what_is_not_to_be_transferred_is_explained(world: World, compared: Compare) -> None:
    number = world.insert_invoice({"exportStatus": "doNotTransfer"})
    run = compared()
    assert found(run, "explained") == [number]
    assert run.findings.get(number=number).reason == "do_not_transfer"
    assert run.sums["NOK"] == {"moment": "0.00", "journal": "0.00", "difference": "0.00", "explained": "12500.00"}


def test_invoice_from_before_bilag_is_explained_when_it_is_not_there(world: World, compared: Compare) -> None:
    world.apply(export={"invoices_from": date(2030, 1, 1)})
    number = world.insert_invoice({"exportStatus": "transferred"})
    assert compared().findings.get(number=number).reason == "before_invoices_from"


def test_account_that_was_closed_after_posting_changes_nothing(
    world: World, posted: list[int], compared: Compare
) -> None:
    world.hub.ask("PATCH", "/admin/clients/123/accounts/3000", {"active": False})
    assert found(compared(), "matched") == posted


def test_side_that_is_away_ends_it_with_words_and_keeps_what_was_found_before(
    world: World, posted: list[int], compared: Compare
) -> None:
    from bilag.reconciliation import actions

    whole = compared()
    world.hub.fault(operation="listVouchers", kind="unavailable", times=50)
    stopped = compared()
    assert stopped.problem is not None
    assert (stopped.counts, stopped.findings.count(), stopped.staged.count()) == ({}, 0, 0)
    assert [run.pk for run in actions.newest_by_month(world.company_id)] == [whole.pk]
    assert found(whole, "matched") == posted


def test_second_comparison_of_a_month_replaces_the_first(world: World, posted: list[int], compared: Compare) -> None:
    from bilag.reconciliation.models import Reconciliation

    first, second = compared(), compared()
    assert first.digest == second.digest
    assert list(Reconciliation.objects.values_list("pk", flat=True)) == [second.pk]


def test_nothing_is_changed_in_either_system(world: World, posted: list[int], compared: Compare) -> None:
    number = world.insert_invoice({})
    before = (world.hub.ask("GET", "/admin/clients/123/ledger"), world.export_status(number))
    compared()
    assert (world.hub.ask("GET", "/admin/clients/123/ledger"), world.export_status(number)) == before


def test_period_that_ends_before_it_begins_is_refused(compared: Compare) -> None:
    with pytest.raises(ValueError, match="before"):
        compared(first=LAST, last=FIRST)


def test_one_at_a_time_for_a_company(world: World, compared: Compare) -> None:
    import threading

    from django.db import connection

    from bilag.jobs.lease import Busy, held

    held_now, enough = threading.Event(), threading.Event()

    def other_worker() -> None:
        with held("reconciliation", world.company_id):
            held_now.set()
            enough.wait(PATIENCE)
        connection.close()

    other = threading.Thread(target=other_worker)
    other.start()
    assert held_now.wait(PATIENCE)
    try:
        with pytest.raises(Busy):
            compared()
    finally:
        enough.set()
        other.join()


def test_month_is_that_of_the_invoice(world: World, posted: list[int], compared: Compare) -> None:
    assert compared(first=date(2026, 10, 1), last=date(2026, 10, 31)).counts["matched"] == 0
    assert LAST_DAY.month == FIRST.month


def test_while_a_system_is_asked_nothing_of_the_database_is_held(
    world: World, posted: list[int], compared: Compare
) -> None:
    """An answer may take half a minute, and the session goes to others meanwhile: a cursor would be read in theirs."""
    for number in range(posted[-1] + 1, posted[-1] + 4):
        other_voucher(world, number)
    last = world.insert_invoice({"invoiceNumber": posted[-1] + 5})
    with held_during_requests() as held:
        run = compared()
    assert held == []
    assert found(run, "unknown") == [posted[-1] + 1, posted[-1] + 2, posted[-1] + 3]
    assert found(run, "missing") == [last]


def test_every_voucher_left_over_is_found_however_many_are_read_at_once(
    world: World, posted: list[int], compared: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [posted[-1] + 1, posted[-1] + 1, posted[-1] + 1, posted[-1] + 2, posted[-1] + 3]
    for number in left:
        other_voucher(world, number)
    world.insert_invoice({"invoiceNumber": posted[-1] + 4})
    whole = compared()
    monkeypatch.setattr("bilag.reconciliation.staging.TOGETHER", 2)
    run = compared()
    assert run.digest == whole.digest
    assert run.findings.get(number=left[0]).posted_total == Decimal("375.00")


def test_a_process_that_lost_its_lease_completes_no_comparison(
    world: World, posted: list[int], compared: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was frozen before its last step; the process that took over has removed the journal that it compares with."""
    from bilag.jobs import lease
    from bilag.reconciliation import number_gaps
    from bilag.reconciliation.models import Reconciliation

    find_gaps = number_gaps.find_gaps

    def frozen(*given: Any, **named: Any) -> None:
        find_gaps(*given, **named)
        lease.forget_all()

    earlier = compared()
    monkeypatch.setattr(number_gaps, "find_gaps", frozen)
    with pytest.raises(lease.LeaseLost):
        compared()
    assert Reconciliation.objects.filter(pk=earlier.pk).exists(), "the run of the period that was completed stands"
    assert not Reconciliation.objects.exclude(pk=earlier.pk).exclude(ended_at=None).filter(problem=None).exists()
