"""The worked examples of docs/posting-rules.md, each planned and compared with what the page says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bilag.posting.invoice import Invoice, InvoiceLine
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.selection import invoice_stays
from bilag.posting.voucher import Side, VoucherKind
from tests.posting.samples import invoice, rules

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "posting-rules.md").read_text()
EXAMPLES = re.findall(r"^```example\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
_LINE = re.compile(
    r"line (?P<position>\d+)\s+(?P<account>\d+|-)\s+(?:code (?P<code>\w+)|no code)\s+net\s+(?P<net>\S+)\s+VAT\s+(?P<vat>\S+)"
    r"(?:\s+project (?P<project>\S+))?"
)


def read_invoice(example: str) -> Invoice:
    lines = tuple(
        InvoiceLine(
            position=int(found["position"]),
            text="Honorar",
            account=None if found["account"] == "-" else found["account"],
            vat_code=found["code"],
            vat_rate=None,
            net=Decimal(found["net"]),
            vat=Decimal(found["vat"]),
            project=found["project"],
        )
        for found in _LINE.finditer(example)
    )
    head = example.splitlines()[0]
    currency = re.search(r"\b(EUR)\b", head)
    rate = re.search(r"rate (\S+)", head)
    total = re.search(r"total (\S+)", head)
    assert total is not None
    one = invoice(*lines, total=Decimal(total[1]), currency=currency[1] if currency else "NOK")
    return replace(one, exchange_rate=Decimal(rate[1]) if rate else None)


def written(plan: PostingPlan) -> str:
    """The plan as the page writes it, with one blank between words."""
    if plan.problems:
        return "\n".join(f"problem {problem.code}, {problem.subject}" for problem in plan.problems)
    if plan.nothing_to_post:
        return "nothing to post"
    (voucher,) = plan.vouchers
    side = Side.DEBIT if voucher.kind is VoucherKind.INVOICE else Side.CREDIT
    foreign = "" if voucher.currency == "NOK" else f" {voucher.currency} rate {voucher.exchange_rate.normalize()}"
    rows = ["posted", f"{side} customer {voucher.total}{foreign}"]
    for index, entry in enumerate(voucher.entries):
        code = f"code {entry.vat_code}" if entry.vat_code else "no code"
        units = "".join(f" {unit}={value}" for unit, value in entry.units)
        lines = plan.lines_of(index)
        fed = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}" if lines else "rounding"
        rows.append(
            f"{entry.side} {entry.account} {code} net {entry.net} VAT {entry.vat}"
            f"{' units' + units if units else ''} {fed}"
        )
    return "\n".join(rows)


def said_on_the_page(example: str) -> str:
    rows = [" ".join(row.split()) for row in example.splitlines()]
    return "\n".join(row for row in rows if not row.startswith(("invoice ", "line ")))


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("example", EXAMPLES)
def test_bilag_does_what_the_page_says(example: str) -> None:
    assert written(plan_invoice(read_invoice(example), rules())) == said_on_the_page(example)


SITUATIONS = {
    "finalised 29 May, to transfer": invoice(),
    "the switch for invoices is off": invoice(),
    "a draft": invoice(finalized=False, number=None),
    "export status `doNotTransfer`": invoice(export_status="doNotTransfer"),
    "export status `transferred`": invoice(export_status="transferred"),
    "finalised 30 April at 22:30 in Oslo": invoice(finalized_at=datetime(2026, 4, 30, 20, 30, tzinfo=UTC)),
    "finalised 1 May at 00:30 in Oslo": invoice(finalized_at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC)),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_stays_is_what_the_page_says(situation: str) -> None:
    found = re.search(rf"^\| {re.escape(situation)} \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert found is not None
    for by_hand, cell in ((False, found[1]), (True, found[2])):
        stays = invoice_stays(
            SITUATIONS[situation],
            switched_on="switch" not in situation,
            by_hand=by_hand,
            invoices_from=date(2026, 5, 1),
        )
        assert (f"`{stays}`" if stays else "goes") == cell
