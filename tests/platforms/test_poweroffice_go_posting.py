"""PowerOffice Go: what becomes of a voucher when answers are lost, late or refused, by both ways to post. Never twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bilag.platforms.conformance import Kit
from bilag.posting.invoice import ServicePeriod
from bilag.posting.read_back import batch_differences, differences
from bilag.posting.standing import still_standing
from bilag.posting.voucher import Entry, LineAccrual, Side, Voucher
from bilag.wire.errors import Refused, Unavailable
from bilag_sandbox.common import HeldClock
from tests.support.poweroffice_go.company import DAY, EARLIER, MANUAL, OUTGOING, SAMPLE, Company
from tests.support.poweroffice_go.fixtures import invoice_for, key


def operation(company: Company) -> str:
    """The operation that posts an invoice in this company."""
    manual = "payment_id" in company.platform().capabilities.not_carried
    return "postManualJournal" if manual else "postOutgoingInvoice"


def test_a_posting_whose_answer_is_lost_is_found_and_not_repeated(company: Company) -> None:
    invoice, platform = invoice_for(company), company.platform()
    platform.chart()
    company.fault("lost_answer", operation(company))
    with pytest.raises(Unavailable) as lost:
        platform.post_voucher([invoice], key(invoice))
    assert not lost.value.outcome_known
    found = company.platform().find_voucher(invoice, key(invoice))
    assert found.state == "posted"
    assert found.posted is not None
    assert differences(invoice, found.posted, platform.chart()) == ()
    assert company.count_vouchers(invoice.number) == 1


def test_a_voucher_that_does_not_show_yet_is_posted_and_proven_later(company: Company, go_clock: HeldClock) -> None:
    company.configure(transactionDelaySeconds=30)
    invoice, platform = invoice_for(company), company.platform()
    first = platform.post_voucher([invoice], key(invoice))
    assert (first.state, first.posted) == ("posted", None)
    assert first.journal_number == company.vouchers(invoice.number)[0]["voucherNo"]
    assert platform.find_voucher(invoice, key(invoice)).state == "absent"
    go_clock.advance(31)
    later = platform.find_voucher(invoice, key(invoice))
    assert later.posted is not None
    assert later.journal_number == first.journal_number


def test_a_refusal_because_it_does_not_show_yet_is_no_refusal(company: Company, go_clock: HeldClock) -> None:
    """The reference is in use by our own voucher, which cannot be read yet: a person has nothing to do about it."""
    company.configure(transactionDelaySeconds=30)
    invoice, platform = invoice_for(company), company.platform()
    platform.post_voucher([invoice], key(invoice))
    assert platform.post_voucher([invoice], key(invoice)).state == "in_progress"
    go_clock.advance(31)
    assert platform.post_voucher([invoice], key(invoice)).state == "posted"
    assert company.count_vouchers(invoice.number) == 1


def test_a_reference_that_is_used_on_another_date_is_found_there(company: Company) -> None:
    earlier = invoice_for(company, voucher_date=EARLIER, due_date=EARLIER)
    company.platform().post_voucher([earlier], key(earlier))
    moved = replace(earlier, voucher_date=DAY, due_date=DAY)
    status = company.platform().post_voucher([moved], key(moved))
    assert status.posted is not None
    fields = {problem.facts["field"] for problem in differences(moved, status.posted, company.platform().chart())}
    assert "date" in fields
    assert company.count_vouchers(moved.number) == 1


def test_an_invoice_that_was_posted_the_other_way_is_found(manual: Company) -> None:
    invoice = invoice_for(manual, payment_id="2345676", your_reference="Åse")
    manual.platform().post_voucher([invoice], key(invoice))
    manual.configure(privileges=[*manual.privileges, OUTGOING])
    now = manual.platform()
    assert now.chart().line_accrual
    status = now.post_voucher([invoice], key(invoice))
    assert status.posted is not None
    assert differences(invoice, status.posted, now.chart()) == ()
    assert manual.count_vouchers(invoice.number) == 1


def test_everything_arrives_by_the_way_that_carries_it(outgoing: Company) -> None:
    invoice = invoice_for(outgoing, payment_id="2345676", your_reference="Åse Østby")
    posted = outgoing.platform().post_voucher([invoice], key(invoice)).posted
    assert posted is not None
    assert (posted.due_date, posted.payment_id, posted.your_reference) == (invoice.due_date, "2345676", "Åse Østby")
    (entry,) = [one for one in posted.entries if one.customer]
    assert (entry.due_date, entry.payment_id) == (invoice.due_date, "2345676")


@pytest.mark.parametrize(
    ("lost", "field"), [("Cid", "payment_id"), ("DueDate", "due_date"), ("CustomerReference", "your_reference")]
)
def test_a_field_that_go_loses_is_a_difference(lost: str, field: str, outgoing: Company) -> None:
    invoice = invoice_for(outgoing, payment_id="2345676", your_reference="Åse")
    outgoing.person("POST", "/posting", effect="lose", lost=[lost])
    platform = outgoing.platform()
    posted = platform.post_voucher([invoice], key(invoice)).posted
    assert posted is not None
    assert [one.facts["field"] for one in differences(invoice, posted, platform.chart())] == [field]


def entry_of(net: str, vat: str, side: Side = Side.CREDIT, **more: Any) -> Entry:
    return Entry("3000", side, Decimal(net), Decimal(vat), "3", "Honorar", **more)


@pytest.mark.parametrize("off", ["-0.05", "-0.01", "0.00", "0.01", "0.03", "0.05"])
def test_the_vat_is_moments_to_the_oere_though_go_computes_it_itself(off: str, company: Company) -> None:
    vat = Decimal("34404.66") + Decimal(off)
    entry = entry_of("137618.64", str(vat))
    invoice = invoice_for(company, entries=(entry,), total=entry.gross)
    platform = company.platform()
    posted = platform.post_voucher([invoice], key(invoice)).posted
    assert posted is not None
    assert differences(invoice, posted, platform.chart()) == ()


def test_vat_that_cannot_be_reached_is_refused_before_anything_is_sent(company: Company) -> None:
    entry = entry_of("100.00", "11.00")
    invoice = invoice_for(company, entries=(entry,), total=entry.gross)
    with pytest.raises(Refused) as refused:
        company.platform().post_voucher([invoice], key(invoice))
    (problem,) = refused.value.problems
    assert (problem.code, problem.subject) == ("vat_amount_mismatch", "entry 1")
    assert company.vouchers(invoice.number) == []


def test_an_invoice_in_foreign_currency_is_posted_and_compared_in_both(company: Company) -> None:
    invoice = invoice_for(company, currency="EUR", exchange_rate=Decimal("11.4375"))
    platform = company.platform()
    posted = platform.post_voucher([invoice], key(invoice)).posted
    assert posted is not None
    assert differences(invoice, posted, platform.chart()) == ()


def test_the_rate_of_a_vat_code_is_that_of_the_vouchers_date(company: Company) -> None:
    company.configure(conversionDate="2019-01-01", lockDate=None)
    platform = company.platform()
    for day, vat in ((DAY.replace(year=2020, month=5), "6.00"), (DAY, "12.00")):
        entry = Entry("3000", Side.CREDIT, Decimal("100.00"), Decimal(vat), "33", "Persontransport")
        invoice = invoice_for(company, entries=(entry,), total=entry.gross, voucher_date=day, due_date=day)
        posted = platform.post_voucher([invoice], key(invoice)).posted
        assert posted is not None
        assert differences(invoice, posted, platform.chart()) == ()


def accrued(company: Company) -> Voucher:
    """An invoice for three months whose income Go spreads itself."""
    period = ServicePeriod(DAY, DAY + timedelta(days=75))
    entry = entry_of("1000.00", "250.00", accrual=LineAccrual(period, "3000", "2965"))
    return invoice_for(company, entries=(entry,), total=entry.gross)


def test_income_that_go_spreads_is_read_back_by_month(outgoing: Company) -> None:
    invoice, platform = accrued(outgoing), outgoing.platform()
    status = platform.post_voucher([invoice], key(invoice))
    assert status.posted is not None
    assert [one.voucher_date.month for one in status.others] == [3, 4, 5]
    assert batch_differences([invoice], status.posted, status.others, platform.chart()) == ()


def test_a_voucher_and_its_reversal_are_listed_so_that_they_cancel(company: Company) -> None:
    invoice, platform = invoice_for(company), company.platform()
    platform.post_voucher([invoice], key(invoice))
    company.reverse(company.vouchers(invoice.number)[0]["voucherNo"])
    listed = [one for one in platform.list_vouchers(DAY, DAY) if one.number == invoice.number]
    assert [one.external_id for one in listed] == [key(invoice), None]
    assert still_standing(listed) == []
    assert platform.find_voucher(invoice, key(invoice)).state == "posted"  # so that nothing posts it again by itself


def test_an_accrued_invoice_and_its_reversal_cancel_part_by_part(company: Company) -> None:
    kit = Kit(company.platform, company, SAMPLE)
    invoice, platform = invoice_for(company), company.platform()
    platform.post_voucher([invoice, kit.journal(DAY, invoice.number)], key(invoice))
    for voucher in company.vouchers(invoice.number):
        company.reverse(voucher["voucherNo"])
    listed = list(platform.list_vouchers(DAY, DAY))
    own = [one for one in listed if one.number == invoice.number and one.kind in ("invoice", "credit_note")]
    assert [one.kind for one in own] == ["invoice", "credit_note"]
    assert still_standing(own) == []
    assert still_standing([one for one in listed if one not in own]) == []


def test_a_reversed_invoice_of_others_is_no_conflict(company: Company) -> None:
    invoice, platform = invoice_for(company), company.platform()
    company.post_manually(invoice.number, SAMPLE.customer, invoice.total)
    assert platform.find_voucher(invoice, key(invoice)).state == "conflict"
    company.reverse(company.vouchers(invoice.number)[0]["voucherNo"])
    assert platform.find_voucher(invoice, key(invoice)).state == "absent"
    assert platform.post_voucher([invoice], key(invoice)).state == "posted"


def test_an_accrual_listed_with_its_invoice_stands_beside_it(company: Company) -> None:
    kit = Kit(company.platform, company, SAMPLE)
    invoice, platform = invoice_for(company), company.platform()
    journal = kit.journal(DAY, invoice.number)
    platform.post_voucher([invoice, journal], key(invoice))
    listed = list(platform.list_vouchers(DAY, DAY))
    (own,) = [one for one in listed if one.external_id == key(invoice) and one.kind == "invoice"]
    assert differences(invoice, own, platform.chart()) == ()
    (beside,) = [one for one in listed if one.kind == "journal"]
    assert {entry.account for entry in beside.entries} == {"3910", "2965"}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"departmentRequired": True}, {"org_unit_required"}),
        ({"active": False}, {"account_inactive"}),
    ],
)
def test_a_requirement_of_an_account_is_told_by_the_entry(
    change: dict[str, Any], codes: set[str], company: Company
) -> None:
    company.person("PUT", "/accounts/3000", **change)
    entry = entry_of("100.00", "25.00")
    invoice = invoice_for(company, entries=(entry,), total=entry.gross)
    with pytest.raises(Refused) as refused:
        company.platform().post_voucher([invoice], key(invoice))
    assert {(one.code, one.subject) for one in refused.value.problems} == {(code, "entry 1") for code in codes}


@pytest.mark.parametrize("late", [{"lockDate": str(DAY)}, {"conversionDate": str(DAY + timedelta(days=1))}])
def test_a_date_that_was_closed_since_the_chart_was_read_is_told(late: dict[str, str], company: Company) -> None:
    invoice, platform = invoice_for(company), company.platform()
    platform.chart()
    company.configure(**late)
    with pytest.raises(Refused) as refused:
        platform.post_voucher([invoice], key(invoice))
    (problem,) = refused.value.problems
    assert problem.code in ("date_locked", "period_unknown")
    assert problem.said is not None
    assert company.vouchers(invoice.number) == []


def test_a_customer_who_is_gone_is_told_so_that_he_is_sent_again(company: Company) -> None:
    invoice = invoice_for(company, customer="10077")
    with pytest.raises(Refused) as refused:
        company.platform().post_voucher([invoice], key(invoice))
    assert [one.code for one in refused.value.problems] == ["customer_unknown"]


def test_a_project_that_was_closed_in_go_is_told_and_opened_again(company: Company) -> None:
    company.person("PATCH", f"/projects/{SAMPLE.project}", IsActive=False)
    invoice, platform = invoice_for(company), company.platform()
    with pytest.raises(Refused) as refused:
        platform.post_voucher([invoice], key(invoice))
    assert {one.code for one in refused.value.problems} == {"org_unit_closed"}
    company.put_master_data(platform)
    assert platform.post_voucher([invoice], key(invoice)).state == "posted"


def test_two_companies_never_see_each_other(new_company: Callable[..., Company]) -> None:
    one, other = new_company(OUTGOING, MANUAL), new_company(OUTGOING, MANUAL)
    for company in (one, other):
        company.put_master_data(company.platform())
    invoice = invoice_for(one)
    one.platform().post_voucher([invoice], key(invoice))
    assert other.platform().find_voucher(invoice, key(invoice)).state == "absent"
    assert other.platform().post_voucher([invoice], key(invoice)).state == "posted"


def nothing_owed(company: Company, **more: Any) -> Voucher:
    """An invoice whose lines on two accounts come to 0.00."""
    entries = (
        Entry("3000", Side.CREDIT, Decimal("1000.00"), Decimal("250.00"), "3", "Honorar", **more),
        Entry("3010", Side.DEBIT, Decimal("1000.00"), Decimal("250.00"), "3", "Avslag"),
    )
    return invoice_for(company, entries=entries, total=Decimal("0.00"))


def test_an_invoice_of_nothing_is_posted_once_though_go_takes_no_such_outgoing_invoice(company: Company) -> None:
    invoice, platform = nothing_owed(company), company.platform()
    posted = platform.post_voucher([invoice], key(invoice)).posted
    assert posted is not None
    assert differences(invoice, posted, platform.chart()) == ()
    assert platform.post_voucher([invoice], key(invoice)).state == "posted"
    assert [one["type"] for one in company.vouchers(invoice.number)] == ["ManualJournal"]


def test_income_of_an_invoice_of_nothing_is_spread_though_go_does_not_do_it(outgoing: Company) -> None:
    accrual = LineAccrual(ServicePeriod(DAY, DAY + timedelta(days=75)), "3000", "2965")
    invoice, platform = nothing_owed(outgoing, accrual=accrual), outgoing.platform()
    status = platform.post_voucher([invoice], key(invoice))
    assert status.posted is not None
    assert batch_differences([invoice], status.posted, status.others, platform.chart()) == ()
    assert [one.voucher_date.month for one in status.others] == [3, 4, 5]


def test_an_accrual_that_stands_is_not_posted_again_by_the_other_way(outgoing: Company) -> None:
    kit = Kit(outgoing.platform, outgoing, SAMPLE)
    invoice = invoice_for(outgoing)
    batch = [invoice, kit.journal(SAMPLE.open_day, invoice.number)]
    outgoing.fault("answer", "postOutgoingInvoice", status=400, json={"title": "Nei", "status": 400, "detail": "Nei."})
    with pytest.raises(Refused):
        outgoing.platform().post_voucher(batch, key(invoice))
    outgoing.configure(privileges=[one for one in outgoing.privileges if one != OUTGOING])
    platform = outgoing.platform()
    status = platform.post_voucher(batch, key(invoice))
    assert status.posted is not None
    assert batch_differences(batch, status.posted, status.others, platform.chart()) == ()
    rows = [row for one in outgoing.vouchers(invoice.number) for row in one["transactions"]]
    assert len([row for row in rows if row["AccountNo"] == 2965]) == 1


def accrual_without_its_invoice(outgoing: Company) -> list[Voucher]:
    """An invoice and its accrual, of which only the accrual was posted: the connection broke between."""
    kit = Kit(outgoing.platform, outgoing, SAMPLE)
    invoice = invoice_for(outgoing)
    batch = [invoice, kit.journal(SAMPLE.open_day, invoice.number)]
    outgoing.fault("closed_before", "postOutgoingInvoice")
    with pytest.raises(Unavailable):
        outgoing.platform().post_voucher(batch, key(invoice))
    return batch


def test_an_accrual_that_stands_without_its_invoice_is_told_until_the_invoice_follows(outgoing: Company) -> None:
    batch = accrual_without_its_invoice(outgoing)
    invoice = batch[0]
    assert outgoing.platform().find_voucher(invoice, key(invoice)).state == "created"
    assert outgoing.platform().post_voucher(batch, key(invoice)).posted is not None
    assert outgoing.platform().find_voucher(invoice, key(invoice)).state == "posted"
    assert len(outgoing.vouchers(invoice.number)) == 2


def test_an_accrual_that_does_not_show_yet_is_not_refused(outgoing: Company, go_clock: HeldClock) -> None:
    """Its reference is in use by our own voucher: the invoice follows it, and nobody is asked."""
    outgoing.configure(transactionDelaySeconds=30)
    batch = accrual_without_its_invoice(outgoing)
    invoice = batch[0]
    assert outgoing.platform().post_voucher(batch, key(invoice)).state == "posted"
    go_clock.advance(31)
    status = outgoing.platform().find_voucher(invoice, key(invoice))
    assert (status.posted is not None, len(status.others)) == (True, 1)
    assert sorted(one["reference"] for one in outgoing.vouchers(invoice.number)) == [key(invoice), f"{key(invoice)}/2"]


def test_a_vat_code_that_got_another_row_since_the_chart_was_read_is_used_by_its_new_id(company: Company) -> None:
    platform = company.platform()
    platform.chart()
    company.person("PUT", "/vat-codes/3", validTo=str(DAY - timedelta(days=1)))
    company.person("POST", "/vat-codes/3", rate="0.25", validFrom=str(DAY), account=2700)
    invoice = invoice_for(company)
    posted = platform.post_voucher([invoice], key(invoice)).posted
    assert posted is not None
    assert differences(invoice, posted, platform.chart()) == ()
    assert company.count_vouchers(invoice.number) == 1


def test_an_accrual_whose_reversal_was_asked_for_twice_is_not_told_as_standing(outgoing: Company) -> None:
    """A proxy that repeats the request gets the refusal of the second."""
    outgoing.configure(privileges=[*outgoing.privileges, "YearEndVoucher_Full"])
    kit = Kit(outgoing.platform, outgoing, SAMPLE)
    invoice = invoice_for(outgoing)
    batch = [invoice, kit.journal(SAMPLE.open_day, invoice.number)]
    refusal = {"title": "Nei", "status": 400, "detail": "Nei."}
    outgoing.fault("answer", "postOutgoingInvoice", status=400, json=refusal)
    outgoing.fault("answer", "reverseVoucher", status=400, json=refusal, work="before")
    with pytest.raises(Refused) as refused:
        outgoing.platform().post_voucher(batch, key(invoice))
    assert [problem.code for problem in refused.value.problems] == ["poweroffice_refused"]
    assert outgoing.vouchers(invoice.number) == []
