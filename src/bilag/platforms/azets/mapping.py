"""Convert Bilag's types to the hub's and back. Pure.

The hub accepts amounts as unsigned text with two decimals, and returns them signed, debit positive.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bilag.platforms.azets.wire import (
    AccountWire,
    EntryWire,
    PeriodsWire,
    PostedVoucherWire,
    ProfileWire,
    UnitWire,
    VatCodeWire,
)
from bilag.platforms.organisation_numbers import norwegian_number
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
from bilag.posting.dimensions import normalise_unit_value
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import UNREAD, Posted, PostedEntry
from bilag.posting.texts import cut, one_line
from bilag.posting.voucher import Entry, LineAccrual, Voucher, VoucherKind

TYPES = {VoucherKind.INVOICE: "outgoingInvoice", VoucherKind.CREDIT_NOTE: "creditNote", VoucherKind.JOURNAL: "journal"}
KINDS = {word: str(kind) for kind, word in TYPES.items()}
DESCRIPTIONS = {VoucherKind.INVOICE: "faktura", VoucherKind.CREDIT_NOTE: "kreditnota", VoucherKind.JOURNAL: "bilag"}
POWEROFFICE = "PowerOfficeGo"
PROJECT_UNIT_OF_POWEROFFICE = 2
ADDRESS_LINES = 4
LIMITS = TextLimits()
POST_CODE = 20
_RATE_DECIMALS = Decimal("1E-8")
_DIGITS = re.compile(r"[0-9]+")


def chart_from(
    profile: ProfileWire, accounts: Sequence[AccountWire], codes: Sequence[VatCodeWire], periods: PeriodsWire
) -> Chart:
    """Convert the client's profile, accounts, VAT codes and periods to a chart."""
    numbers, kid = profile.number_rules, profile.payment_id_rule
    customers, vouchers = numbers.customer_number, numbers.voucher_number
    return Chart(
        company_name=profile.company_name,
        organisation_number=profile.organisation_number,
        base_currency=profile.base_currency,
        accounts={one.number: _account(one) for one in accounts},
        vat_codes={one.code: _vat_code(one) for one in codes},
        periods=tuple(
            Period(one.from_, one.to, one.state == "open", f"{one.period}/{one.year}") for one in periods.items
        ),
        lock_date=periods.lock_date,
        units={one.unit: _unit(one, profile.accounting_system) for one in profile.organizational_units},
        payment_id_rule=PaymentIdRule(kid.method, kid.min_length, kid.max_length),
        customer_number_rule=NumberRule(
            customers.type == "integer", customers.min, customers.max, customers.max_length
        ),
        voucher_number_rule=NumberRule(True, vouchers.min, vouchers.max),
        rounding_account=profile.rounding_account,
        system=profile.accounting_system,
        text_limits=LIMITS,
        line_accrual=profile.capabilities.line_accrual,
        largest_attachment=profile.limits.max_document_bytes if profile.capabilities.attachments else 0,
    )


def _account(wire: AccountWire) -> Account:
    allowed = None if wire.vat_codes_allowed is None else frozenset(wire.vat_codes_allowed)
    return Account(wire.number, wire.name, wire.active, wire.postable, wire.default_vat_code, allowed)


def _vat_code(wire: VatCodeWire) -> VatCode:
    return VatCode(
        wire.code, wire.name, wire.rate, wire.direction, wire.active, wire.vat_account_number, wire.standard_tax_code
    )


def _unit(wire: UnitWire, system: str) -> UnitDefinition:
    """Convert a unit. PowerOffice Go rejects a dot in a project number: it means a sub-project."""
    return UnitDefinition(
        unit=wire.unit,
        name=wire.name,
        integer=wire.type == "integer",
        max_length=wire.max_length,
        used=wire.used,
        dots_allowed=not (system == POWEROFFICE and wire.unit == PROJECT_UNIT_OF_POWEROFFICE),
    )


def customer_body(customer: Customer) -> dict[str, Any]:
    """Build the body of a customer. What Moment lacks is cleared (null); the state is left to the accounting system."""
    country = (customer.country or "").strip().upper() or None
    lines = _address(customer.address_lines)
    return {
        "name": _fit(customer.name, LIMITS.name) or customer.number,
        "organisationNumber": organisation_number(customer.organisation_number, country),
        "email": _strip(customer.email),
        "invoiceEmail": _strip(customer.invoice_email),
        **{f"addressLine{number}": line for number, line in enumerate(lines, start=1)},
        "postCode": _fit(customer.postal_code, POST_CODE),
        "postalArea": _fit(customer.city, LIMITS.city),
        "countryCode": country,
    }


def organisation_number(number: str | None, country: str | None) -> str | None:
    """Return a Norwegian number as nine digits, any other unchanged (`organisation_numbers`)."""
    given = _strip(number)
    return None if given is None else norwegian_number(given, country) or given


def project_body(project: Project, department: str | None) -> dict[str, Any]:
    """Build the body of a project as a unit value.

    Always active, because a late invoice must be postable (decisions.md). `department` is the value in the department's
    unit, None to propose none.
    """
    return {
        "name": _fit(project.name, LIMITS.name) or project.number,
        "customerNumber": project.customer,
        "status": "active",
        "departmentNumber": department,
    }


def department_body(department: Department) -> dict[str, Any]:
    """Build the body of a department as a unit value."""
    return {"name": _fit(department.name, LIMITS.name) or department.number, "status": "active"}


def batch_body(vouchers: Sequence[Voucher], external_id: str, series: str | None) -> dict[str, Any]:
    """Build a batch to be posted at once, all or none; the first voucher is the invoice's.

    `series` applies to invoices. Standalone journals go into the client's default series for journals.
    """
    first = vouchers[0]
    return {
        "externalId": external_id,
        "autoUpdate": True,
        "description": _batch_text(first),
        "valueDate": first.voucher_date.isoformat(),
        "origin": "ExternalApplication",
        "voucherSeries": None if first.kind is VoucherKind.JOURNAL else series or None,
        "vouchers": [_voucher_body(voucher) for voucher in vouchers],
    }


def _batch_text(first: Voucher) -> str:
    """Name an invoice's batch by its number. A standalone journal has no number yet."""
    if first.kind is VoucherKind.JOURNAL:
        return first.text
    return f"Moment {DESCRIPTIONS[first.kind]} {first.number}"


def _voucher_body(voucher: Voucher) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": TYPES[voucher.kind],
        "voucherDate": voucher.voucher_date.isoformat(),
        "text": voucher.text,
        "currency": voucher.currency,
        "exchangeRate": _rate(voucher.exchange_rate),
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
    accrual = {"accrual": _accrual_body(entry.accrual)} if entry.accrual is not None else {}
    return {
        **accrual,
        "accountNumber": entry.account,
        "side": str(entry.side),
        "vatCode": entry.vat_code,
        "netAmount": f"{entry.net:.2f}",
        "vatAmount": f"{entry.vat:.2f}",
        "grossAmount": f"{entry.gross:.2f}",
        "text": entry.text,
        "orgUnits": {str(unit): value for unit, value in entry.units},
    }


def _accrual_body(accrual: LineAccrual) -> dict[str, Any]:
    return {
        "from": accrual.period.first.isoformat(),
        "to": accrual.period.last.isoformat(),
        "balanceAccount": accrual.credit_account,
        "resultAccount": accrual.debit_account,
    }


def _rate(rate: Decimal) -> str:
    """Format a rate with at most eight decimals and no trailing zeros."""
    exact = rate if rate == rate.quantize(_RATE_DECIMALS) else rate.quantize(_RATE_DECIMALS, ROUND_HALF_UP)
    return f"{exact.normalize():f}"


def posted_from(wire: PostedVoucherWire, units: Mapping[int, UnitDefinition]) -> Posted:
    """Convert a posted voucher; `units` says which units hold whole numbers."""
    return Posted(
        number=wire.voucher_number,
        kind=KINDS.get(wire.type, wire.type),
        journal_number=wire.journal_number,
        external_id=wire.external_id,
        voucher_date=wire.voucher_date,
        currency=wire.currency,
        entries=tuple(_entry_from(entry, units) for entry in wire.entries),
        due_date=wire.due_date,
        payment_id=wire.payment_id,
        customer=wire.customer_number,
        total=wire.total_amount,
        related_number=wire.related_voucher_number,
        batch_number=wire.batch_number,
        your_reference=wire.your_reference or None,
        credited_number=wire.credited_invoice_number,
        text=wire.text or None,
        value_date=wire.value_date,
    )


def _entry_from(wire: EntryWire, units: Mapping[int, UnitDefinition]) -> PostedEntry:
    given = {int(unit): value for unit, value in wire.org_units.items() if _DIGITS.fullmatch(unit)}
    same = {unit: normalise_unit_value(unit, value, units.get(unit)) for unit, value in given.items()}
    return PostedEntry(
        account=wire.account_number,
        amount=wire.amount,
        currency_amount=wire.currency_amount,
        vat_code=wire.vat_code or None,
        customer=wire.customer_number or None,
        text=wire.text or None,
        due_date=wire.due_date if "due_date" in wire.model_fields_set else UNREAD,
        payment_id=wire.payment_id if "payment_id" in wire.model_fields_set else UNREAD,
        value_date=wire.value_date if "value_date" in wire.model_fields_set else UNREAD,
        units=tuple(sorted((unit, value) for unit, value in same.items() if value is not None)),
    )


def _address(lines: Sequence[str]) -> list[str | None]:
    """Return four address lines; surplus lines are joined on the fourth."""
    texts = [line for line in (one_line(line) for line in lines) if line is not None]
    kept = [*texts[: ADDRESS_LINES - 1], ", ".join(texts[ADDRESS_LINES - 1 :])]
    kept += [""] * (ADDRESS_LINES - len(kept))
    return [_fit(line, LIMITS.address_line) for line in kept]


def _fit(text: str | None, limit: int) -> str | None:
    line = one_line(text)
    return None if line is None else cut(line, limit)


def _strip(text: str | None) -> str | None:
    return (text or "").strip() or None
