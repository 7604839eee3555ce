"""What stands in Tryton after a posting: looked at with Tryton's own client, not with Bilag's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.read_back import differences
from bilag.posting.voucher import Side, Voucher, VoucherKind
from tests.support.tryton.office import Office
from tests.support.tryton.samples import DAY, entry, invoice, key, put_master_data


@pytest.fixture(scope="module")
def platform(office: Office) -> TrytonPlatform:
    platform = office.platform()
    put_master_data(platform)
    return platform


def posted(platform: TrytonPlatform, voucher: Voucher) -> None:
    """Post it, and hold what is read back against the plan."""
    standing = platform.post_voucher([voucher], key(voucher))
    assert standing.state == "posted"
    assert standing.posted is not None
    assert not differences(voucher, standing.posted, platform.chart())


def lines(office: Office, voucher: Voucher) -> list[dict[str, Any]]:
    fields = ("account.code", "debit", "credit", "description", "maturity_date", "party.code", "analytic_lines")
    foreign = ("second_currency.code", "amount_second_currency", "tax_lines")
    (move,) = office.moves_with(voucher.number)
    return office.person.read("account.move.line", [["move", "=", move]], *fields, *foreign)


def on(office: Office, voucher: Voucher, account: str) -> dict[str, Any]:
    (line,) = [line for line in lines(office, voucher) if line["account."]["code"] == account]
    return line


def vat_return(office: Office, code: str) -> dict[str, Decimal]:
    """What Tryton's VAT return would sum for a code."""
    sums = {"base": Decimal(0), "tax": Decimal(0)}
    for row in office.person.read("account.tax.line", [["tax.name", "=", code]], "type", "amount"):
        sums[row["type"]] += row["amount"]
    return sums


def test_the_customer_owes_the_total_on_the_due_date_under_the_kid(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice()
    posted(platform, voucher)
    line = on(office, voucher, "1500")
    assert (line["debit"], line["credit"]) == (Decimal("1250.00"), Decimal(0))
    assert line["party."]["code"] == "10042"
    assert line["maturity_date"] == voucher.due_date
    assert line["description"] == "KID 200010; ref. Åse Østby"


def test_income_is_on_its_account_with_project_and_department(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice()
    posted(platform, voucher)
    line = on(office, voucher, "3000")
    assert line["credit"] == Decimal("1000.00")
    values = office.person.read(
        "analytic_account.line", [["id", "in", line["analytic_lines"]]], "account.code", "account.root.name", "credit"
    )
    told = {(row["account."]["root."]["name"], row["account."]["code"], row["credit"]) for row in values}
    assert told == {("Avdeling", "10", Decimal("1000.00")), ("Prosjekt", "1207", Decimal("1000.00"))}


def test_an_invoice_and_its_credit_note_leave_nothing_in_the_vat_return(
    platform: TrytonPlatform, office: Office
) -> None:
    before = vat_return(office, "3")
    voucher = invoice()
    posted(platform, voucher)
    between = vat_return(office, "3")
    assert (between["base"] - before["base"], between["tax"] - before["tax"]) == (Decimal(1000), Decimal(250))
    mirrored = tuple(replace(one, side=one.side.opposite) for one in voucher.entries)
    note = replace(
        invoice(), kind=VoucherKind.CREDIT_NOTE, entries=mirrored, credited_number=voucher.number, payment_id=None
    )
    posted(platform, note)
    assert vat_return(office, "3") == before
    assert on(office, note, "1500")["credit"] == Decimal("1250.00")
    assert platform.find_voucher(note, key(note)).posted == platform.post_voucher([note], key(note)).posted
    found = platform.find_voucher(note, key(note)).posted
    assert found is not None
    assert (found.kind, found.related_number) == ("credit_note", voucher.number)


def test_sales_without_vat_carry_their_code(platform: TrytonPlatform, office: Office) -> None:
    before = vat_return(office, "5")["base"]
    voucher = invoice(entry("400.00", account="3100"))
    posted(platform, voucher)
    assert len(lines(office, voucher)) == 2
    assert vat_return(office, "5")["base"] - before == Decimal("400.00")


@pytest.mark.parametrize(
    ("currency", "rate", "net", "vat", "owed"),
    [("EUR", "11.6123", "1000.01", "250.00", "14515.50"), ("JPY", "0.0704", "12000.00", "3000.00", "1056.00")],
)
def test_an_invoice_in_another_currency_is_posted_in_both(
    currency: str, rate: str, net: str, vat: str, owed: str, platform: TrytonPlatform, office: Office
) -> None:
    voucher = invoice(entry(net, vat), currency=currency, exchange_rate=Decimal(rate))
    posted(platform, voucher)
    line = on(office, voucher, "1500")
    assert line["second_currency."]["code"] == currency
    assert line["amount_second_currency"] == voucher.total
    assert line["debit"] == Decimal(owed)
    assert sum(line["debit"] - line["credit"] for line in lines(office, voucher)) == 0


def test_what_conversion_leaves_over_is_on_the_customers_line(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice(*(entry("0.33", "0.08") for _ in range(3)), currency="EUR", exchange_rate=Decimal("11.5555"))
    posted(platform, voucher)
    assert on(office, voucher, "1500")["debit"] == 3 * (Decimal("3.81") + Decimal("0.92"))


def test_an_invoice_of_nothing_has_its_customer_all_the_same(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice(entry("100.00", "25.00"), entry("100.00", "25.00", Side.DEBIT, account="3020"))
    assert voucher.total == 0
    posted(platform, voucher)


def test_a_long_text_is_cut_and_read_back(platform: TrytonPlatform) -> None:
    voucher = invoice(text="Prosjektering " * 40)
    posted(platform, voucher)


def test_a_number_that_begins_as_another_is_another(platform: TrytonPlatform) -> None:
    voucher = invoice(number=5)
    posted(platform, replace(voucher, number=55))
    assert platform.find_voucher(voucher, key(voucher)).state == "absent"
    posted(platform, voucher)


def test_an_underscore_in_the_external_id_is_no_wildcard(platform: TrytonPlatform) -> None:
    one, other = invoice(), invoice()
    assert platform.post_voucher([one], "a_c%").state == "posted"
    assert platform.find_voucher(other, "abc%").state == "absent"
    assert platform.find_voucher(one, "a_c%").state == "posted"


def test_the_same_number_from_another_company_of_bilag_is_a_conflict(platform: TrytonPlatform) -> None:
    voucher = invoice()
    platform.post_voucher([voucher], "moment-1-invoice-77")
    standing = platform.find_voucher(voucher, "moment-2-invoice-77")
    assert standing.state == "conflict"
    assert standing.problems[0].facts["other"] == "moment-1-invoice-77"
    assert platform.post_voucher([voucher], "moment-2-invoice-77").state == "conflict"


def test_what_a_person_posted_is_listed_as_not_ours(platform: TrytonPlatform, office: Office) -> None:
    person, day = office.person, date(2026, 6, 3)
    amounts = ((office.account("1920"), "500.00", "0"), (office.account("2965"), "0", "500.00"))
    manual = [{"account": one, "debit": Decimal(debit), "credit": Decimal(credit)} for one, debit, credit in amounts]
    move = person.create(
        "account.move",
        journal=person.one("account.journal", ["code", "=", "MISC"]),
        date=day,
        period=person.one("account.period", ["name", "=", "2026-06"]),
        description="Innskudd",
        lines=[["create", manual]],
    )
    person.on("account.move", "post", [move])
    (listed,) = platform.list_vouchers(day, day)
    assert (listed.external_id, listed.kind, listed.customer) == (None, "other", None)
    assert [entry.amount for entry in listed.entries if entry.account == "1920"] == [Decimal("500.00")]


def cancel(office: Office, voucher: Voucher) -> int:
    """A person cancels the voucher's move, which is returned."""
    (move,) = office.moves_with(voucher.number)
    wizard = office.person.call("wizard.account.move.cancel.create", office.person.context)
    acting = {**office.person.context, "active_model": "account.move", "active_id": move, "active_ids": [move]}
    filled = {"default": {"description": None, "reversal": True}}
    office.person.call("wizard.account.move.cancel.execute", wizard[0], filled, "cancel", acting)
    (cancelling,) = set(office.moves_with(voucher.number)) - {move}
    if office.person.read("account.move", [["id", "=", cancelling]], "state")[0]["state"] != "posted":
        office.person.on("account.move", "post", [cancelling])
    return int(move)


def test_a_number_whose_voucher_a_person_cancelled_is_free_again(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice()
    platform.post_voucher([voucher], "moment-1-invoice-78")
    assert platform.find_voucher(voucher, "moment-2-invoice-78").state == "conflict"
    cancel(office, voucher)
    assert platform.find_voucher(voucher, "moment-2-invoice-78").state == "absent"
    assert platform.post_voucher([voucher], "moment-2-invoice-78").state == "posted"


def test_a_voucher_that_a_person_cancelled_is_listed_once_as_ours(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice()
    posted(platform, voucher)
    move = cancel(office, voucher)
    ours = [one for one in platform.list_vouchers(DAY, DAY) if one.external_id == key(voucher)]
    assert len(ours) == 1
    assert platform.find_voucher(voucher, key(voucher)).batch_number == move
