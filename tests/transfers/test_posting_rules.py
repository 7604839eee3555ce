"""The posting rules through the front door: from Moment's API, through the worker, into the hub's ledger and back."""

from decimal import Decimal
from typing import Any

import pytest

from bilag.messages import sentence
from bilag.posting.problem import Problem
from tests.support import hub_master_data as accounting
from tests.support.world import World, money

SERVICES_ABROAD = {"accountNumber": "3105", "vatCode": "52", "vatRate": 0}


def of_lines(*lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    """What to insert: lines over the usual one, and sums that add up."""
    usual = {
        "vatCode": "3",
        "vatRate": 25,
        "accountNumber": "3000",
        "text": "Honorar",
        "quantity": 1,
        "discountPercent": 0,
    }
    rows = [
        {**usual, "project": None, "department": None, "accrualFrom": None, "accrualTo": None, **line, "id": at}
        for at, line in enumerate(lines, start=1)
    ]
    for row in rows:
        row.setdefault("vatAmount", float(money(row["netAmount"]) * row["vatRate"] / 100))
        row.setdefault("unitPrice", row["netAmount"])
    net, vat = (sum((money(row[name]) for row in rows), Decimal(0)) for name in ("netAmount", "vatAmount"))
    sums = {"netAmount": float(net), "vatAmount": float(vat), "totalAmount": float(net + vat)}
    return {"lines": rows, **sums, **header}


def sent(world: World, *bodies: dict[str, Any]) -> list[int]:
    """The numbers of these invoices, inserted and worked on."""
    numbers = [world.insert_invoice(body) for body in bodies]
    world.poll()
    world.work(rounds=2)
    return numbers


def posted(world: World, number: int) -> dict[str, Any]:
    """The one voucher of a number, when it is done."""
    assert world.transfer(number).state == "done", world.transfer(number).problems
    [voucher] = world.vouchers(number)
    return voucher


def entries(voucher: dict[str, Any]) -> list[tuple[str, str | None, Decimal]]:
    """Account, VAT code and signed amount in the voucher's currency, debit positive."""
    return [(one["accountNumber"], one["vatCode"], money(one["currencyAmount"])) for one in voucher["entries"]]


# --- credit notes --------------------------------------------------------------------------------------------------


def test_an_invoice_and_its_credit_notes_whole_and_partial_come_to_zero_under_numbers_of_their_own(
    world: World,
) -> None:
    (invoice,) = sent(world, of_lines({"netAmount": 1000}, {"netAmount": 400, "accountNumber": "3010"}))
    credit = {"invoiceType": "creditNote", "creditedInvoiceNumber": invoice, "dueDate": None}
    partial, rest = sent(
        world,
        of_lines({"netAmount": -250}, **credit),
        of_lines({"netAmount": -750}, {"netAmount": -400, "accountNumber": "3010"}, **credit),
    )
    assert len({invoice, partial, rest}) == 3
    vouchers = [posted(world, number) for number in (invoice, partial, rest)]
    assert [one["type"] for one in vouchers] == ["outgoingInvoice", "creditNote", "creditNote"]
    assert [one["creditedInvoiceNumber"] for one in vouchers] == [None, invoice, invoice]
    assert money(vouchers[1]["totalAmount"]) == Decimal("-312.50")
    left: dict[tuple[str, str | None], Decimal] = {}
    for account, code, amount in (entry for one in vouchers for entry in entries(one)):
        left[account, code] = left.get((account, code), Decimal(0)) + amount
    assert set(left.values()) == {Decimal(0)}, "customer, income and VAT"


def test_a_credit_note_over_two_invoices_keeps_projects_and_vat_codes_apart_and_names_neither(world: World) -> None:
    """Moment has one place for the number credited: one over several invoices has none, and its lines say what it is for."""
    customer = world.any_project()["customer"]
    made = [
        world.moment.ask("POST", "/admin/projects", {"name": name, "customer": customer}) for name in ("Kai", "Mur")
    ]
    one, other = ({"id": row["id"], "projectNumber": row["projectNumber"]} for row in made)
    first, second = sent(
        world,
        of_lines({"netAmount": 1000, "project": one}),
        of_lines(
            {"netAmount": 2000, "project": other}, {"netAmount": 100, "vatCode": "5", "vatRate": 0, "project": other}
        ),
    )
    (credit,) = sent(
        world,
        of_lines(
            {"netAmount": -1000, "project": one, "text": f"Faktura {first}"},
            {"netAmount": -500, "project": other, "text": f"Faktura {second}"},
            {"netAmount": -100, "vatCode": "5", "vatRate": 0, "project": other, "text": f"Faktura {second}"},
            invoiceType="creditNote",
            creditedInvoiceNumber=None,
            dueDate=None,
        ),
    )
    voucher = posted(world, credit)
    assert voucher["creditedInvoiceNumber"] is None
    income = [one for one in voucher["entries"] if one["accountNumber"] == "3000"]
    assert [(entry["vatCode"], money(entry["amount"]), entry["text"]) for entry in income] == [
        ("3", Decimal(1000), f"Faktura {first}"),
        ("3", Decimal(500), f"Faktura {second}"),
        ("5", Decimal(100), f"Faktura {second}"),
    ]
    units = [entry["orgUnits"]["2"] for entry in income]
    assert units[0] != units[1] == units[2]


def test_totals_of_zero_are_posted_where_accounts_differ_and_passed_over_where_nothing_is_left(world: World) -> None:
    moved, nothing, credit = sent(
        world,
        of_lines({"netAmount": 1000}, {"netAmount": -1000, "accountNumber": "3010"}),
        of_lines({"netAmount": 1000}, {"netAmount": -1000}),
        of_lines(
            {"netAmount": -500, "accountNumber": "3010"}, {"netAmount": 500}, invoiceType="creditNote", dueDate=None
        ),
    )
    assert [entry for entry in entries(posted(world, moved)) if entry[0].startswith("30")] == [
        ("3000", "3", Decimal(-1000)),
        ("3010", "3", Decimal(1000)),
    ]
    transfer = world.transfer(nothing)
    assert (transfer.state, transfer.reason) == ("skipped", "nothing_to_post")
    assert (world.vouchers(nothing), world.export_status(nothing)) == ([], "toTransfer")
    assert posted(world, credit)["type"] == "creditNote", "Moment's own word, where the total says nothing"


# --- currency ------------------------------------------------------------------------------------------------------


def test_six_currencies_are_posted_in_both_currencies_at_the_invoices_rate(world: World) -> None:
    """SEK, DKK and JPY as Norges Bank quotes them, for a hundred; yen without decimals."""
    world.apply(moment={"rates_per_hundred": ["DKK", "JPY", "SEK"]})
    cases = {  # currency: rate as Moment gives it, amount, and what one line of it is in kroner
        "EUR": (11.43251234, "333.33", "3810.80"),
        "SEK": (97.8412, "333.33", "326.13"),
        "DKK": (153.1867, "0.33", "0.51"),
        "GBP": (13.4512, "100.01", "1345.25"),
        "USD": (9.8765, "1000", "9876.50"),
        "JPY": (6.7812, "125000", "8476.50"),
    }
    numbers = sent(
        world,
        *(
            of_lines(
                {"netAmount": float(amount), **SERVICES_ABROAD},
                {"netAmount": float(amount), **SERVICES_ABROAD, "accountNumber": "3900", "vatCode": None},
                currency=currency,
                exchangeRate=rate,
            )
            for currency, (rate, amount, _) in cases.items()
        ),
    )
    for number, (currency, (rate, amount, kroner)) in zip(numbers, cases.items(), strict=True):
        voucher = posted(world, number)
        assert voucher["currency"] == currency
        per_unit = money(rate) / (100 if currency in ("SEK", "DKK", "JPY") else 1)
        assert money(voucher["exchangeRate"]) == per_unit
        found = [
            (one["accountNumber"], money(one["currencyAmount"]), money(one["amount"])) for one in voucher["entries"]
        ]
        net, base = money(amount), money(kroner)
        assert found == [("1500", 2 * net, 2 * base), ("3105", -net, -base), ("3900", -net, -base)]


def test_a_rate_for_a_hundred_that_nobody_said_is_told_and_posted_when_it_is_said(world: World) -> None:
    (number,) = sent(world, of_lines({"netAmount": 1000, **SERVICES_ABROAD}, currency="SEK", exchangeRate=97.84))
    assert world.codes(number) == ["exchange_rate_implausible"]
    world.apply(moment={"rates_per_hundred": ["SEK"]})
    world.retry(number)
    assert money(posted(world, number)["entries"][0]["amount"]) == Decimal("978.40")


# --- rounding and KID ----------------------------------------------------------------------------------------------


def test_vat_by_line_and_vat_by_total_are_posted_as_they_are(world: World) -> None:
    three = [{"netAmount": 0.10, "vatAmount": 0.03}] * 3
    by_line, by_total, explicit = sent(
        world,
        of_lines(*three),
        of_lines(*three, vatAmount=0.08, totalAmount=0.38),
        of_lines(
            {"netAmount": 999.6, "vatAmount": 249.9},
            {"netAmount": 0.5, "accountNumber": "7740", "vatCode": None, "vatRate": 0},
        ),
    )
    assert entries(posted(world, by_line)) == [
        *(("1500", None, Decimal("0.39")), ("3000", "3", Decimal("-0.30")), ("2700", "3", Decimal("-0.09"))),
    ]
    assert entries(posted(world, by_total)) == [
        *(("1500", None, Decimal("0.38")), ("3000", "3", Decimal("-0.30")), ("2700", "3", Decimal("-0.09"))),
        ("7740", None, Decimal("0.01")),
    ]
    assert ("7740", None, Decimal("-0.50")) in entries(posted(world, explicit))
    assert money(posted(world, explicit)["totalAmount"]) == Decimal("1250.00")


@pytest.mark.parametrize(
    ("method", "kid"),
    [("mod10", "0050013"), ("mod11", "006-"), ("any", "0000000000000000000000018"), ("mod10", "18")],
    ids=["zeros in front", "a dash", "25 characters", "2 characters"],
)
def test_a_kid_reaches_the_journal_character_by_character(world: World, method: str, kid: str) -> None:
    rule = {"method": method, "minLength": 2, "maxLength": 25}
    world.hub.ask("PATCH", "/admin/clients/123", {"paymentIdRule": rule})
    with_kid, without = sent(
        world, of_lines({"netAmount": 100}, paymentId=kid), of_lines({"netAmount": 100}, paymentId=None)
    )
    assert posted(world, with_kid)["paymentId"] == kid
    assert posted(world, without)["paymentId"] is None


# --- limits --------------------------------------------------------------------------------------------------------


def test_long_texts_are_cut_at_a_word_and_never_stop_a_posting(world: World) -> None:
    long = "Prosjektledelse og oppfølging på byggeplass " * 40
    (number,) = sent(
        world,
        of_lines({"netAmount": 100, "text": long}, description=long, yourReference="Kari Nilsen Ødegård " * 20),
    )
    voucher = posted(world, number)
    for text in (voucher["text"], voucher["entries"][1]["text"]):
        assert 50 < len(text) <= 100
        assert text.endswith("…")
        assert text[:-1] in long
        assert long[len(text) - 1] == " ", "at a word"


def test_a_customers_name_and_address_that_are_too_long_are_cut_and_its_invoice_is_posted(world: World) -> None:
    customer = world.moment.ask(
        "POST", "/admin/customers", {"name": "Blåbærskogen borettslag " * 20, "addressLine1": "Øvre Slottsgate " * 20}
    )
    ref = {"id": customer["id"], "customerNumber": customer["customerNumber"]}
    (number,) = sent(world, of_lines({"netAmount": 100}, customer=ref, project=None))
    assert posted(world, number)["customerNumber"] == customer["customerNumber"]


# --- changed after posting -----------------------------------------------------------------------------------------


def test_an_invoice_finalised_anew_with_the_same_content_is_no_difference(world: World) -> None:
    (number,) = sent(world, of_lines({"netAmount": 1000}))
    before = posted(world, number)
    again = {"finalizedDate": "2026-11-23T10:00:00+01:00", "exportStatus": "toTransfer"}
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", again)
    world.poll()
    world.work()
    assert posted(world, number) == before
    assert world.export_status(number) == "transferred"


def test_an_amount_changed_after_posting_is_told_with_both_amounts_and_how_to_credit(world: World) -> None:
    (number,) = sent(world, of_lines({"netAmount": 1000}))
    before = posted(world, number)
    line = {**world.invoices[number]["lines"][0], "netAmount": 1100, "unitPrice": 1100, "vatAmount": 275}
    sums = {"lines": [line], "netAmount": 1100, "vatAmount": 275, "totalAmount": 1375}
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {**sums, "exportStatus": "toTransfer"})
    world.poll()
    world.work()
    transfer = world.transfer(number)
    assert (transfer.state, world.codes(number)) == ("needs_attention", ["changed_after_posting"])
    problem = Problem.from_json(transfer.problems[0])
    assert sentence(problem, "en") == (
        "The invoice was changed in Moment after it was posted: "
        "the total is now 1375.00, but 1250.00 is posted. Changed: the lines, the net amount, VAT, the total "
        f"(invoice {number}).",
        "Bilag does not change a posted voucher. Set the invoice back in Moment to what is posted. If the change is to stand, then "
        "credit the invoice and create a new one: Bilag posts both. If the invoice cannot be set back, set it to "
        '"Do not transfer" in Moment and correct the difference in the accounting system.',
    )
    assert "totalbeløpet er nå 1375,00, men 1250,00 er bokført" in sentence(problem, "nb")[0]
    assert world.vouchers(number) == [before], "a posted voucher is never changed"


# --- fields that contradict each other -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("net", "header", "code"),
    [
        (1000, {"invoiceType": "creditNote"}, "type_contradicts_total"),
        (1000, {"invoiceType": "creditNote", "creditedInvoiceNumber": 10001}, "type_contradicts_total"),
        (1000, {"creditedInvoiceNumber": 10001}, "type_contradicts_total"),
        (-1000, {"creditedInvoiceNumber": 10001}, "type_contradicts_total"),
        (1000, {"invoiceType": "proForma"}, "invoice_type_unknown"),
        (-1000, {"invoiceType": "reminder"}, "invoice_type_unknown"),
    ],
)
def test_a_document_that_contradicts_itself_is_a_persons_question_and_is_not_posted(
    world: World, net: int, header: dict[str, Any], code: str
) -> None:
    (number,) = sent(world, of_lines({"netAmount": net}, dueDate=None, **header))
    assert world.codes(number) == [code]
    assert (world.vouchers(number), world.export_status(number)) == ([], "toTransfer")


def test_a_negative_invoice_without_a_credited_number_is_posted_as_a_credit_note(world: World) -> None:
    (number,) = sent(world, of_lines({"netAmount": -1000}, dueDate=None))
    voucher = posted(world, number)
    assert (voucher["type"], money(voucher["totalAmount"])) == ("creditNote", Decimal("-1250.00"))


# --- many lines ----------------------------------------------------------------------------------------------------


def test_a_long_invoice_whose_lines_are_each_right_is_posted(world: World) -> None:
    """450 lines of 2.02 with VAT 0.51, half an øre too much on each: 2.25 together, and one entry may be 1.00 off."""
    (number,) = sent(world, of_lines(*[{"netAmount": 2.02, "vatAmount": 0.51}] * 450))
    income = [entry for entry in posted(world, number)["entries"] if entry["accountNumber"] == "3000"]
    assert len(income) == 3
    assert sum(money(entry["amount"]) for entry in income) == -450 * Decimal("2.02")
    assert world.export_status(number) == "transferred"


# --- numbers that are missing --------------------------------------------------------------------------------------


def test_a_department_without_a_number_is_a_problem_and_posted_when_it_has_one(world: World) -> None:
    made = world.moment.ask("POST", "/admin/departments", {"name": "Ny avdeling"})
    (number,) = sent(world, of_lines({"netAmount": 1000, "department": {"id": made["id"], "name": made["name"]}}))
    assert world.codes(number) == ["department_without_number"]
    assert world.vouchers(number) == []
    world.moment.ask("PATCH", f"/admin/departments/{made['id']}", {"externalDepartmentNumber": "47"})
    world.retry(number)
    (income,) = [one for one in posted(world, number)["entries"] if one["accountNumber"] == "3000"]
    assert income["orgUnits"]["1"] == "47"


# --- characters that nobody sees -----------------------------------------------------------------------------------


def test_invisible_characters_reach_neither_the_ledger_nor_a_number(world: World) -> None:
    customer = world.moment.ask(
        "POST",
        "/admin/customers",
        {
            "name": "Nord\u00adlys\u202e AS",
            "organizationNumber": "\u202a974\u200b760673\u202c",
            "customerNumber": "\u200b10077\ufeff",
        },
    )
    ref = {"id": customer["id"], "customerNumber": customer["customerNumber"]}
    (number,) = sent(
        world,
        of_lines(
            {"netAmount": 100, "text": "Hono\u200brar \u202emai"},
            customer=ref,
            project=None,
            description="\u2060\u200b",
            paymentId="005\u200b0013",
            yourReference="\u2066Kari\u2069",
        ),
    )
    voucher = posted(world, number)
    assert (voucher["customerNumber"], voucher["paymentId"], voucher["yourReference"]) == ("10077", "0050013", "Kari")
    assert (voucher["text"], voucher["entries"][1]["text"]) == (f"Faktura {number}", "Honorar mai")
    stored = accounting.customer(world, "10077")
    assert stored is not None
    assert (stored["name"], stored["organisationNumber"]) == ("Nordlys AS", "974760673")
