"""Parse a batch request into frozen records. Malformed fields are reported; nothing is looked up.

A malformed field becomes None, so that the ledger's checks can continue with the rest.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bilag_sandbox.hub.amounts import RATE
from bilag_sandbox.hub.forms import ACCOUNT_NUMBER, CURRENCY, CUSTOMER_NUMBER, VAT_CODE, Form
from bilag_sandbox.hub.refusals import Details

VOUCHER_TYPES = ("outgoingInvoice", "creditNote", "journal")
SALES_TYPES = ("outgoingInvoice", "creditNote")
EXTERNAL_ID = re.compile(r"[\x21-\x7E]+")
KID = re.compile(r"[0-9]{1,24}[0-9-]")
BATCH_FIELDS = ("externalId", "autoUpdate", "description", "valueDate", "origin", "voucherSeries", "vouchers")
VOUCHER_FIELDS = (
    "voucherNumber", "type", "voucherDate", "valueDate", "dueDate", "paymentId", "customerNumber", "yourReference",
    "text", "currency", "exchangeRate", "totalAmount", "creditedInvoiceNumber", "relatedVoucherNumber", "lines",
)  # fmt: skip
LINE_FIELDS = (
    "accountNumber", "side", "vatCode", "netAmount", "vatAmount", "grossAmount", "text", "orgUnits", "accrual",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccrualIn:
    """Spread a line's net amount from one date to another."""

    first: date | None
    last: date | None
    balance_account: str | None
    result_account: str | None


@dataclass(frozen=True, slots=True)
class LineIn:
    """A voucher line; amounts in øre of the voucher's currency, not negative."""

    account: str | None
    side: str | None
    vat_code: str | None
    net: int | None
    vat: int | None
    gross: int | None
    text: str | None
    org_units: dict[str, str]
    accrual: AccrualIn | None

    def signed(self, amount: int) -> int:
        """Return the amount, debit positive."""
        return -amount if self.side == "credit" else amount


@dataclass(frozen=True, slots=True)
class VoucherIn:
    """A voucher as sent."""

    number: int | None
    type: str | None
    voucher_date: date | None
    value_date: date | None
    due_date: date | None
    payment_id: str | None
    customer: str | None
    your_reference: str | None
    text: str | None
    currency: str | None
    exchange_rate: str | None
    total: int | None
    credited: int | None
    related: int | None
    lines: tuple[LineIn, ...]

    @property
    def posting_date(self) -> date | None:
        """The date that decides the period."""
        return self.value_date or self.voucher_date


@dataclass(frozen=True, slots=True)
class BatchIn:
    """A batch as sent. `raw_vouchers` is the JSON to store, parsed again when it is posted later."""

    external_id: str | None
    auto_update: bool
    description: str | None
    value_date: date | None
    series: str | None
    vouchers: tuple[VoucherIn, ...]
    raw_vouchers: list[Any]


def read_batch(body: Any, details: Details, most_vouchers: int, most_lines: int) -> BatchIn:
    """Parse a batch; malformed fields are reported to `details`."""
    form = Form(body, "", details, BATCH_FIELDS)
    external_id = form.text("externalId", required=True, longest=50, shortest=1, form=EXTERNAL_ID)
    auto_update = form.boolean("autoUpdate", default=True)
    description = form.text("description", longest=100)
    value_date = form.date("valueDate", required=True)
    form.choice("origin", ("ExternalApplication",))
    series = form.text("voucherSeries", nullable=True, longest=10)
    raw = form.items("vouchers", most_vouchers)
    vouchers = read_vouchers(raw, details, most_lines)
    return BatchIn(external_id, auto_update, description, value_date, series, vouchers, raw)


def read_vouchers(raw: list[Any], details: Details, most_lines: int) -> tuple[VoucherIn, ...]:
    """Parse vouchers; malformed fields are reported to `details`."""
    return tuple(
        _read_voucher(Form(item, f"vouchers[{index}]", details, VOUCHER_FIELDS), most_lines)
        for index, item in enumerate(raw)
    )


def _read_voucher(form: Form, most_lines: int) -> VoucherIn:
    kind = form.choice("type", VOUCHER_TYPES, required=True)
    sale, invoice = kind in SALES_TYPES, kind == "outgoingInvoice"
    if kind == "journal":
        for name in ("customerNumber", "dueDate", "paymentId", "creditedInvoiceNumber"):
            if form.raw.get(name) is not None:
                form.fault(name, "field_not_allowed", f"A journal has no {name}.")
        if form.has("totalAmount"):
            form.fault("totalAmount", "field_not_allowed", "A journal has no totalAmount.")
    elif invoice and form.raw.get("creditedInvoiceNumber") is not None:
        form.fault("creditedInvoiceNumber", "field_not_allowed", "Only a credit note credits an invoice.")
    lines = [
        _read_line(Form(item, form.at(f"lines[{index}]"), form.details, LINE_FIELDS))
        for index, item in enumerate(form.items("lines", most_lines))
    ]
    journal = kind == "journal"
    return VoucherIn(
        number=form.voucher_number("voucherNumber", required=sale),
        type=kind,
        voucher_date=form.date("voucherDate", required=True),
        value_date=form.date("valueDate", nullable=True),
        due_date=None if journal else form.date("dueDate", required=invoice, nullable=not invoice),
        payment_id=None if journal else form.text("paymentId", nullable=True, form=KID, code="kid_invalid"),
        customer=None
        if journal
        else form.text("customerNumber", required=sale, nullable=not sale, form=CUSTOMER_NUMBER),
        your_reference=form.text("yourReference", nullable=True, longest=60),
        text=form.text("text", required=True, longest=100, shortest=1),
        currency=form.text("currency", required=True, form=CURRENCY),
        exchange_rate=form.text("exchangeRate", form=RATE),
        total=None if journal else form.amount("totalAmount", required=sale),
        credited=None if journal or invoice else form.voucher_number("creditedInvoiceNumber", nullable=True),
        related=form.voucher_number("relatedVoucherNumber", nullable=True),
        lines=tuple(lines),
    )


def _read_line(form: Form) -> LineIn:
    return LineIn(
        account=form.text("accountNumber", required=True, form=ACCOUNT_NUMBER),
        side=form.choice("side", ("debit", "credit"), required=True),
        vat_code=form.text("vatCode", nullable=True, form=VAT_CODE),
        net=form.amount("netAmount", required=True),
        vat=form.amount("vatAmount", required=True),
        gross=form.amount("grossAmount", required=True),
        text=form.text("text", nullable=True, longest=100),
        org_units=form.org_units("orgUnits"),
        accrual=_read_accrual(form) if form.has("accrual") else None,
    )


def _read_accrual(line: Form) -> AccrualIn:
    names = ("from", "to", "balanceAccount", "resultAccount")
    form = Form(line.raw["accrual"], line.at("accrual"), line.details, names)
    return AccrualIn(
        first=form.date("from", required=True),
        last=form.date("to", required=True),
        balance_account=form.text("balanceAccount", required=True, form=ACCOUNT_NUMBER),
        result_account=form.text("resultAccount", form=ACCOUNT_NUMBER),
    )


def fingerprint(vouchers: tuple[VoucherIn, ...], base_currency: str) -> str:
    """Hash the content, independent of its form.

    Absent equals null, and a value date equal to the voucher date equals none.
    """
    plain = [
        replace(
            voucher,
            value_date=voucher.posting_date,
            exchange_rate="1"
            if voucher.currency == base_currency
            else str(Decimal(voucher.exchange_rate or 0).normalize()),
        )
        for voucher in vouchers
    ]
    text = json.dumps([asdict(voucher) for voucher in plain], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
