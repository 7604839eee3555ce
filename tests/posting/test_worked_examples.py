"""The worked examples of docs/posting-rules.md, each planned and compared with what the page says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bilag.messages import render_notes, sentence
from bilag.moment.mapping import invoice_from
from bilag.moment.wire import InvoiceWire, parse
from bilag.platforms.organisation_numbers import is_invalid, norwegian_number
from bilag.posting.chart import Chart, PaymentIdRule, TextLimits
from bilag.posting.invoice import Invoice, InvoiceLine
from bilag.posting.kid import is_valid_payment_id
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.selection import reason_to_skip_invoice
from bilag.posting.vat_rates import STANDARD_CODES
from bilag.posting.voucher import Side, VoucherKind
from tests.support.moment.samples import wire_invoice
from tests.support.paths import ROOT
from tests.support.posting.samples import chart, invoice, rules

PAGE = (ROOT / "docs" / "posting-rules.md").read_text()
EXAMPLES = re.findall(r"^```example\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
_LINE = re.compile(
    r"line (?P<position>\d+)\s+(?P<account>\d+|-)\s+(?:code (?P<code>\w+)|no code)\s+net\s+(?P<net>\S+)\s+VAT\s+(?P<vat>\S+)"
    r"(?:\s+rate (?P<rate>\S+) %)?(?:\s+project (?P<project>\S+))?"
)
_HEAD = {
    "total": r"total (\S+)",
    "currency": r"\b([A-Z]{3})\b(?= |$)(?<!KID)",
    "rate": r"rate (\S+)",
    "per_hundred": r"(per 100)",
    "day": r"of (\d{4}-\d\d-\d\d)",
    "number": r"number (\d+)",
    "kid": r"KID (\S+)",
    "credits": r"credits (\d+)",
    "description": r'description "(.*)"',
}


def head_of(example: str) -> dict[str, str]:
    """What the first row says, by name."""
    row = example.splitlines()[0]
    found = {name: re.search(pattern, row) for name, pattern in _HEAD.items()}
    return {name: match[1] for name, match in found.items() if match is not None}


def read_invoice(example: str) -> Invoice:
    lines = tuple(
        InvoiceLine(
            position=int(found["position"]),
            text="Honorar",
            account=None if found["account"] == "-" else found["account"],
            vat_code=found["code"],
            vat_rate=Decimal(found["rate"]) if found["rate"] else None,
            net=Decimal(found["net"]),
            vat=Decimal(found["vat"]),
            project=found["project"],
        )
        for found in _LINE.finditer(example)
    )
    head = head_of(example)
    day = date.fromisoformat(head.get("day", "2026-05-29"))
    one = invoice(
        *lines,
        total=Decimal(head["total"]),
        currency=head.get("currency", "NOK"),
        number=int(head.get("number", 10042)),
        invoice_date=day,
        due_date=day,
        payment_id=head.get("kid"),
        credited_number=int(head["credits"]) if "credits" in head else None,
    )
    return replace(one, exchange_rate=rate_in_moment(head), description=head.get("description", one.description))


def rate_in_moment(head: dict[str, str]) -> Decimal | None:
    """The rate as Bilag has it after reading it from Moment's API."""
    if "rate" not in head:
        return None
    wire = wire_invoice(currency=head["currency"], exchangeRate=Decimal(head["rate"]))
    per_hundred = frozenset({head["currency"]}) if "per_hundred" in head else frozenset()
    return invoice_from(parse(InvoiceWire, wire, "invoice"), per_hundred).exchange_rate


def rules_of(example: str) -> Rules:
    """The usual ones. For an invoice of another year: all periods open, each VAT code with a rate that fits the lines."""
    if "day" not in head_of(example):
        return rules()
    rates = {found["code"]: found["rate"] for found in _LINE.finditer(example) if found["rate"]}
    codes = {
        code: replace(one, active=True, rate=Decimal(rates.get(code, one.rate)))
        for code, one in chart().vat_codes.items()
    }
    return rules(chart=chart(periods=(), vat_codes=codes))


def written(plan: PostingPlan, example: str = "") -> str:
    """The plan as the page writes it, with one blank between words."""
    if plan.problems:
        return "\n".join(f"problem {problem.code}, {problem.subject}" for problem in plan.problems)
    if plan.nothing_to_post:
        return "nothing to post"
    (voucher,) = plan.vouchers
    side = Side.DEBIT if voucher.kind is VoucherKind.INVOICE else Side.CREDIT
    foreign = "" if voucher.currency == "NOK" else f" {voucher.currency} rate {voucher.exchange_rate.normalize()}"
    kid = f" KID {voucher.payment_id}" if voucher.payment_id else ""
    credited = f" credits {voucher.credited_number}" if voucher.credited_number else ""
    text = f' text "{voucher.text}"' if ' text "' in example else ""
    rows = ["posted", f"{side} customer {voucher.total}{foreign}{kid}{credited}{text}"]
    for index, entry in enumerate(voucher.entries):
        code = f"code {entry.vat_code}" if entry.vat_code else "no code"
        units = "".join(f" {unit}={value}" for unit, value in entry.units)
        lines = plan.lines_of(index)
        fed = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}" if lines else "rounding"
        rows.append(
            f"{entry.side} {entry.account} {code} net {entry.net} VAT {entry.vat}"
            f"{' units' + units if units else ''} {fed}"
        )
    if re.search("^note ", example, re.MULTILINE):
        rows += [f"note {note}" for note in render_notes(plan.notes, "en")]
    return "\n".join(rows)


def said_on_the_page(example: str) -> str:
    rows = [" ".join(row.split()) for row in example.splitlines()]
    return "\n".join(row for row in rows if not row.startswith(("invoice ", "line ")))


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) >= 32


@pytest.mark.parametrize("example", EXAMPLES)
def test_bilag_does_what_the_page_says(example: str) -> None:
    assert written(plan_invoice(read_invoice(example), rules_of(example)), example) == said_on_the_page(example)


def table(first_heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading, cells without backticks."""
    rows = PAGE.split(f"| {first_heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def test_kids_are_valid_and_invalid_as_the_page_says() -> None:
    rows = table("KID")
    assert len(rows) == 8
    for kid, *said in rows:
        found = [is_valid_payment_id(kid, PaymentIdRule(method)) for method in ("mod10", "mod11", "any", "none")]
        assert ["valid" if one else "invalid" for one in found] == said, kid


def test_organisation_numbers_are_valid_and_invalid_as_the_page_says() -> None:
    rows = table("number")
    assert len(rows) == 13
    for number, country, said in rows:
        given = None if number == "none" else number
        told, _, sent = said.partition(", sent as ")
        assert ("invalid" if is_invalid(given, country) else "valid") == told, number
        if sent:
            assert norwegian_number(number, country) == sent


def test_the_pages_vat_codes_are_those_that_are_checked() -> None:
    rows = [(code, sales, rate) for codes, sales, rate in table("standard code") for code in codes.split(", ")]
    assert {code for code, _, _ in rows} == set(STANDARD_CODES)
    assert {code for code, sales, _ in rows if sales == "yes"} == {
        code for code, one in STANDARD_CODES.items() if one.for_sales
    }
    for code, _, told in rows:
        rates = STANDARD_CODES[code].rates
        dated = ", ".join(f"{rate} % from {first}" for first, rate in rates)
        assert told in ("", dated, f"{rates[0][1]} %"), code
        assert len(rates) == 1 or told in ("", dated)


def test_the_pages_limits_are_the_platforms() -> None:
    limits = TextLimits()
    said = {row[0]: row[1:3] for row in table("limit")}
    assert said["voucher text, entry text"] == [f"{limits.voucher_text} characters"] * 2
    assert limits.entry_text == limits.voucher_text
    assert said["your reference"] == [f"{limits.your_reference} characters"] * 2
    assert said["name, address line"] == [f"{limits.name} characters"] * 2
    assert limits.address_line == limits.name
    assert all(
        str(Chart.__dataclass_fields__["voucher_number_rule"].default.maximum) in cell
        for cell in said["voucher number"]
    )


def test_the_sentence_on_a_changed_invoice_is_the_one_that_is_told() -> None:
    facts = {"total_now": "1375.00", "total_posted": "1250.00", "fields": "lines, net, vat, total", "invoice": "10042"}
    told = sentence(Problem("changed_after_posting", "invoice 10042", facts), "en")
    assert "> " + "\n>\n> ".join(told) in PAGE


SITUATIONS = {
    "finalised 29 May, to transfer": invoice(),
    "the switch for invoices is off": invoice(),
    "a draft": invoice(finalized=False, number=None),
    "export status `doNotTransfer`": invoice(export_status="doNotTransfer"),
    "export status `transferred`": invoice(export_status="transferred"),
    "unknown export status": invoice(export_status="archived"),
    "finalised 30 April at 22:30 in Oslo": invoice(finalized_at=datetime(2026, 4, 30, 20, 30, tzinfo=UTC)),
    "finalised 1 May at 00:30 in Oslo": invoice(finalized_at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC)),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_stays_is_what_the_page_says(situation: str) -> None:
    found = re.search(rf"^\| {re.escape(situation)} \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert found is not None
    for manual, cell in ((False, found[1]), (True, found[2])):
        stays = reason_to_skip_invoice(
            SITUATIONS[situation],
            switched_on="switch" not in situation,
            manual=manual,
            invoices_from=date(2026, 5, 1),
        )
        assert (f"`{stays}`" if stays else "transferred") == cell
