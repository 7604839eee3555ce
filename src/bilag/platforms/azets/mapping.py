"""Our types to the hub's and back. Pure."""

import re
from collections.abc import Sequence
from typing import Any

from bilag.platforms.azets.wire import (
    AccountWire,
    EntryWire,
    PeriodsWire,
    PostedVoucherWire,
    ProfileWire,
    VatCodeWire,
)
from bilag.posting.chart import (
    Account,
    Chart,
    NumberRule,
    PaymentIdRule,
    Period,
    TextLimits,
    UnitDefinition,
    VatCode,
)
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.texts import cut, one_line
from bilag.posting.voucher import Entry, Voucher, VoucherKind

TYPES = {VoucherKind.INVOICE: "outgoingInvoice", VoucherKind.CREDIT_NOTE: "creditNote", VoucherKind.JOURNAL: "journal"}
KINDS = {word: str(kind) for kind, word in TYPES.items()}
DESCRIPTIONS = {VoucherKind.INVOICE: "faktura", VoucherKind.CREDIT_NOTE: "kreditnota", VoucherKind.JOURNAL: "bilag"}
PROJECT_UNIT_OF_POWEROFFICE = 2
LIMITS = TextLimits()


def chart_from(
    profile: ProfileWire, accounts: Sequence[AccountWire], codes: Sequence[VatCodeWire], periods: PeriodsWire
) -> Chart:
    """What the client has and accepts."""
    numbers, kid = profile.number_rules, profile.payment_id_rule
    return Chart(
        company_name=profile.company_name,
        organisation_number=profile.organisation_number,
        base_currency=profile.base_currency,
        accounts={
            one.number: Account(
                one.number,
                one.name,
                one.active,
                one.postable,
                one.default_vat_code,
                None if one.vat_codes_allowed is None else frozenset(one.vat_codes_allowed),
            )
            for one in accounts
        },
        vat_codes={
            one.code: VatCode(
                one.code, one.name, one.rate, one.direction, one.active, one.vat_account_number, one.standard_tax_code
            )
            for one in codes
        },
        periods=tuple(
            Period(one.from_, one.to, one.state == "open", f"{one.period}/{one.year}") for one in periods.items
        ),
        lock_date=periods.lock_date,
        units={
            one.unit: UnitDefinition(
                unit=one.unit,
                name=one.name,
                integer=one.type == "integer",
                max_length=one.max_length,
                used=one.used,
                dots_allowed=not (
                    profile.accounting_system == "PowerOfficeGo" and one.unit == PROJECT_UNIT_OF_POWEROFFICE
                ),
            )
            for one in profile.organizational_units
        },
        payment_id_rule=PaymentIdRule(kid.method, kid.min_length, kid.max_length),
        customer_number_rule=NumberRule(
            numbers.customer_number.type == "integer",
            numbers.customer_number.min,
            numbers.customer_number.max,
            numbers.customer_number.max_length,
        ),
        voucher_number_rule=NumberRule(True, numbers.voucher_number.min, numbers.voucher_number.max),
        rounding_account=profile.rounding_account,
        system=profile.accounting_system,
        text_limits=LIMITS,
    )


def customer_body(customer: Customer) -> dict[str, Any]:
    """A customer as it is put; null clears what Moment has not. The state is the accounting system's own."""
    lines = [_text(line, LIMITS.address_line) for line in customer.address_lines] + [None] * 4
    return {
        "name": _text(customer.name or customer.number, LIMITS.name),
        "organisationNumber": organisation_number(customer.organisation_number, customer.country),
        "email": customer.email,
        "invoiceEmail": customer.invoice_email,
        "addressLine1": lines[0],
        "addressLine2": lines[1],
        "addressLine3": lines[2],
        "addressLine4": None,
        "postCode": _text(customer.postal_code, 20) if customer.postal_code else None,
        "postalArea": _text(customer.city, LIMITS.city) if customer.city else None,
        "countryCode": customer.country,
    }


def _text(text: str, limit: int) -> str:
    """On one line, cut at a word to the hub's limit."""
    return cut(one_line(text) or "", limit)


def organisation_number(number: str | None, country: str | None) -> str | None:
    """As the hub takes it: Norwegian ones as nine digits without NO, MVA and blanks, others as they are given."""
    if not number:
        return None
    if country in (None, "NO"):
        bare = re.sub(r"[\s.]", "", number).upper().removeprefix("NO").removesuffix("MVA")
        return (bare or number)[:20]
    return number.strip()[:20]


def project_body(project: Project, department: str | None) -> dict[str, Any]:
    """A project as a value of its unit: always active, for a late invoice must be postable (decisions.md)."""
    return {
        "name": _text(project.name or project.number, LIMITS.name),
        "customerNumber": project.customer,
        "status": "active",
        "departmentNumber": department,
    }


def department_body(department: Department) -> dict[str, Any]:
    """A department as a value of its unit."""
    return {"name": _text(department.name or department.number, LIMITS.name), "status": "active"}


def batch_body(vouchers: Sequence[Voucher], external_id: str, series: str | None) -> dict[str, Any]:
    """Vouchers as one batch, posted at once, whole or not at all."""
    first = vouchers[0]
    return {
        "externalId": external_id,
        "autoUpdate": True,
        "description": f"Moment {DESCRIPTIONS[first.kind]} {first.number}",
        "valueDate": first.voucher_date.isoformat(),
        "origin": "ExternalApplication",
        "voucherSeries": series or None,
        "vouchers": [_voucher_body(voucher) for voucher in vouchers],
    }


def _voucher_body(voucher: Voucher) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": TYPES[voucher.kind],
        "voucherDate": voucher.voucher_date.isoformat(),
        "text": voucher.text,
        "currency": voucher.currency,
        "exchangeRate": f"{voucher.exchange_rate.normalize():f}",
        "lines": [_line_body(entry) for entry in voucher.entries],
    }
    if voucher.kind is VoucherKind.JOURNAL:
        return body | {"relatedVoucherNumber": voucher.related_number}
    body |= {
        "voucherNumber": voucher.number,
        "dueDate": voucher.due_date.isoformat() if voucher.due_date else None,
        "paymentId": voucher.payment_id,
        "customerNumber": voucher.customer,
        "yourReference": voucher.your_reference,
        "totalAmount": f"{voucher.total:.2f}",
    }
    if voucher.kind is VoucherKind.CREDIT_NOTE:
        body["creditedInvoiceNumber"] = voucher.credited_number
    return body


def _line_body(entry: Entry) -> dict[str, Any]:
    return {
        "accountNumber": entry.account,
        "side": str(entry.side),
        "vatCode": entry.vat_code,
        "netAmount": f"{entry.net:.2f}",
        "vatAmount": f"{entry.vat:.2f}",
        "grossAmount": f"{entry.gross:.2f}",
        "text": entry.text,
        "orgUnits": {str(unit): value for unit, value in entry.units},
    }


def posted_from(wire: PostedVoucherWire) -> Posted:
    """A posted voucher in our terms."""
    return Posted(
        number=wire.voucher_number,
        kind=KINDS.get(wire.type, wire.type),
        journal_number=wire.journal_number,
        external_id=wire.external_id,
        voucher_date=wire.voucher_date,
        currency=wire.currency,
        entries=tuple(_entry_from(entry) for entry in wire.entries),
        due_date=wire.due_date,
        payment_id=wire.payment_id,
        customer=wire.customer_number,
        total=wire.total_amount,
        related_number=wire.related_voucher_number,
        batch_number=wire.batch_number,
    )


def _entry_from(wire: EntryWire) -> PostedEntry:
    units = {int(unit): value for unit, value in wire.org_units.items() if unit.isdigit() and value}
    return PostedEntry(
        account=wire.account_number,
        amount=wire.amount,
        currency_amount=wire.currency_amount,
        vat_code=wire.vat_code,
        customer=wire.customer_number,
        # "0" in a whole-number unit means none; a number may come back with zeros in front.
        units=tuple(
            (unit, value)
            for unit, value in sorted((unit, _unit_value(unit, value)) for unit, value in units.items())
            if not (unit <= 6 and value == "0")
        ),
    )


def _unit_value(unit: int, value: str) -> str:
    return str(int(value)) if unit <= 6 and value.isascii() and value.isdigit() else value
