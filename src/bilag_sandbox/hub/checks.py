"""Check whether vouchers can be posted in a client's books now; every reason is reported with its place.

Used when a batch is created, and again when a stored one is posted.
"""

from calendar import monthrange
from datetime import date
from decimal import Decimal

from bilag_sandbox.hub.books import Books, VatCode
from bilag_sandbox.hub.codes import is_valid_kid
from bilag_sandbox.hub.content import SALES_TYPES, BatchIn, LineIn, VoucherIn
from bilag_sandbox.hub.refusals import Details

VAT_TOLERANCE_ORE = 100
LONGEST_ACCRUAL_MONTHS = 60


def check_batch(batch: BatchIn, books: Books, details: Details) -> None:
    """Check a whole batch."""
    _check_series(batch, books, details)
    check_vouchers(batch.vouchers, books, details)


def check_vouchers(vouchers: tuple[VoucherIn, ...], books: Books, details: Details) -> None:
    """Check vouchers against the books; malformed fields (None) are skipped."""
    for index, voucher in enumerate(vouchers):
        place = f"vouchers[{index}]"
        _check_header(voucher, place, books, details)
        for number, line in enumerate(voucher.lines):
            line_place = f"{place}.lines[{number}]"
            _check_amounts(line, line_place, books, details)
            _check_account(line, voucher, line_place, books, details)
            check_org_units(line.org_units, f"{line_place}.orgUnits", books, details)
            if line.accrual is not None:
                _check_accrual(line, voucher, line_place, books, details)
        _check_balance(voucher, place, details)


def _check_series(batch: BatchIn, books: Books, details: Details) -> None:
    if batch.series is None:
        return
    types = {voucher.type for voucher in batch.vouchers}
    for series in books.client.config["voucherSeries"]:
        # The batch's series applies to the vouchers it accepts; the others get their own default series.
        if series["code"] == batch.series and (types & set(series["types"]) or types == {None} or not types):
            return
    details.add("voucherSeries", "voucher_series_unknown", f"No series {batch.series} for these voucher types.")


def _check_header(voucher: VoucherIn, place: str, books: Books, details: Details) -> None:
    config = books.client.config
    rule = config["voucherNumberRule"]
    if voucher.number is not None and not rule["min"] <= voucher.number <= rule["max"]:
        message = f"Voucher numbers are from {rule['min']} to {rule['max']}."
        details.add(f"{place}.voucherNumber", "voucher_number_invalid", message)
    _check_date(voucher, place, books, details)
    if voucher.due_date and voucher.voucher_date and voucher.due_date < voucher.voucher_date:
        message = f"Due date {voucher.due_date} is before {voucher.voucher_date}."
        details.add(f"{place}.dueDate", "due_before_invoice_date", message)
    kid = config["paymentIdRule"]
    if voucher.payment_id is not None and not is_valid_kid(
        voucher.payment_id, kid["method"], kid["minLength"], kid["maxLength"]
    ):
        details.add(f"{place}.paymentId", "kid_invalid", f"KID {voucher.payment_id} does not pass {kid['method']}.")
    _check_currency(voucher, place, books, details)
    if voucher.customer is not None:
        status = books.customer_status(voucher.customer)
        if status is None:
            details.add(f"{place}.customerNumber", "customer_unknown", f"Customer {voucher.customer} does not exist.")
        elif status != "active":
            details.add(f"{place}.customerNumber", "customer_inactive", f"Customer {voucher.customer} is inactive.")


def _check_date(voucher: VoucherIn, place: str, books: Books, details: Details) -> None:
    if voucher.posting_date is None:
        return
    fault = books.date_fault(voucher.posting_date)
    if fault is not None:
        name = "voucherDate" if voucher.value_date is None else "valueDate"
        details.add(f"{place}.{name}", fault[0], fault[1])


def _check_currency(voucher: VoucherIn, place: str, books: Books, details: Details) -> None:
    if voucher.currency is None:
        return
    rate = Decimal(voucher.exchange_rate) if voucher.exchange_rate is not None else None
    if voucher.currency == books.client.base_currency:
        if rate is not None and rate != 1:
            details.add(f"{place}.exchangeRate", "field_invalid", "The base currency's rate is 1.")
        return
    if voucher.currency not in books.client.config["currencies"]:
        details.add(f"{place}.currency", "currency_unknown", f"Currency {voucher.currency} is not set up.")
    if not rate:
        details.add(f"{place}.exchangeRate", "exchange_rate_required", f"{voucher.currency} needs a rate above zero.")


def _check_amounts(line: LineIn, place: str, books: Books, details: Details) -> None:
    if line.net is None or line.vat is None or line.gross is None:
        return
    if line.net == line.vat == line.gross == 0:
        details.add(place, "line_amount_zero", "The line has only zero amounts.")
    if line.net + line.vat != line.gross:
        details.add(f"{place}.grossAmount", "gross_mismatch", "Gross is not net + VAT.")
    code = books.vat_code(line.vat_code) if line.vat_code is not None else None
    if line.vat_code is not None and code is None:
        return
    if code is None or code.account is None:
        if line.vat != 0:
            details.add(f"{place}.vatAmount", "vat_amount_mismatch", "VAT without a VAT code that has an account.")
        return
    difference = Decimal(line.vat) - Decimal(line.net) * Decimal(code.rate) / 100
    if abs(difference) > VAT_TOLERANCE_ORE:
        message = f"VAT differs by more than 1.00 from net x {code.rate} %."
        details.add(f"{place}.vatAmount", "vat_amount_mismatch", message)


def _check_account(line: LineIn, voucher: VoucherIn, place: str, books: Books, details: Details) -> None:
    field = f"{place}.vatCode"
    code = _check_vat_code(line, voucher, field, books, details)
    if line.account is None or not _check_account_is_open(line.account, f"{place}.accountNumber", books, details):
        return
    account = books.account(line.account)
    if account is None:
        return
    for unit in account.required_units:
        if unit not in line.org_units:
            message = f"Account {account.number} needs a value in unit {unit}."
            details.add(f"{place}.orgUnits.{unit}", "org_unit_required", message)
    if account.allowed and line.vat_code is None:
        details.add(field, "vat_code_required", f"Account {account.number} needs a VAT code.")
    elif code is not None and account.allowed is not None and code.code not in account.allowed:
        message = f"VAT code {code.code} is not allowed on account {account.number}."
        details.add(field, "vat_code_not_allowed_on_account", message)


def _check_vat_code(line: LineIn, voucher: VoucherIn, field: str, books: Books, details: Details) -> VatCode | None:
    if line.vat_code is None:
        return None
    if voucher.type == "journal":
        details.add(field, "field_not_allowed", "A journal line has no VAT code.")
        return None
    code = books.vat_code(line.vat_code)
    if code is None:
        details.add(field, "vat_code_unknown", f"VAT code {line.vat_code} does not exist.")
    elif not code.active:
        details.add(field, "vat_code_inactive", f"VAT code {line.vat_code} is not in use any more.")
    elif code.direction == "input" and voucher.type in SALES_TYPES:
        message = f"VAT code {line.vat_code} is for purchases and not allowed on a sale."
        details.add(field, "vat_code_not_allowed_on_account", message)
        return None
    return code


def _check_account_is_open(number: str, place: str, books: Books, details: Details) -> bool:
    account = books.account(number)
    if account is None:
        details.add(place, "account_unknown", f"Account {number} does not exist.")
    elif not account.active:
        details.add(place, "account_inactive", f"Account {number} is not in use any more.")
    elif not account.postable:
        details.add(place, "account_not_postable", f"Account {number} is a control account.")
    else:
        return True
    return False


def check_org_units(units: dict[str, str], place: str, books: Books, details: Details) -> None:
    """Check units and values: in use, well formed, known and open."""
    for unit, value in units.items():
        kept, code, message = books.client.unit_value(int(unit), value)
        if code is None:
            status = books.unit_value_status(int(unit), kept)
            if status is None:
                code, message = "org_unit_unknown", f"{value} does not exist in unit {unit}."
            elif status != "active":
                code, message = "org_unit_closed", f"{value} in unit {unit} is closed."
        if code is not None:
            details.add(f"{place}.{unit}", code, message)


def _check_balance(voucher: VoucherIn, place: str, details: Details) -> None:
    if not voucher.lines or any(line.gross is None or line.side is None for line in voucher.lines):
        return
    balance = sum(line.signed(line.gross or 0) for line in voucher.lines)
    if voucher.type == "journal":
        if balance:
            details.add(f"{place}.lines", "voucher_unbalanced", "Debit and credit of the journal differ.")
    elif voucher.type is not None and voucher.total is not None:
        total = -balance if voucher.type == "outgoingInvoice" else balance
        if total != voucher.total:
            details.add(f"{place}.totalAmount", "total_mismatch", "The lines do not add up to totalAmount.")


def _check_accrual(line: LineIn, voucher: VoucherIn, place: str, books: Books, details: Details) -> None:
    accrual = line.accrual
    if accrual is None:
        return
    field = f"{place}.accrual"
    if not books.client.config["capabilities"]["lineAccrual"]:
        details.add(field, "accrual_not_supported", "The profile says lineAccrual false.")
        return
    for name, number in (("balanceAccount", accrual.balance_account), ("resultAccount", accrual.result_account)):
        if number is not None:
            _check_account_is_open(number, f"{field}.{name}", books, details)
    if accrual.first is None or accrual.last is None:
        return
    if accrual.last < accrual.first or len(months(accrual.first, accrual.last)) > LONGEST_ACCRUAL_MONTHS:
        details.add(field, "accrual_period_invalid", "The period ends before it begins or is longer than 60 months.")
        return
    if voucher.posting_date is not None:
        for month_end in months(accrual.first, accrual.last):
            fault = books.date_fault(month_end) if month_end > voucher.posting_date else None
            if fault is not None:
                details.add(field, fault[0], fault[1])


def months(first: date, last: date) -> list[date]:
    """Return the last day of each month in a period; at most 61, which is already too many."""
    ends: list[date] = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month) and len(ends) <= LONGEST_ACCRUAL_MONTHS:
        ends.append(date(year, month, monthrange(year, month)[1]))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return ends
