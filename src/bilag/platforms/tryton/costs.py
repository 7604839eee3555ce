"""The lines of a posted move as lines that may become expenses. Pure.

Tryton keeps VAT beside the line that it was taken of, as a line of its own on the account for VAT: each line gets its
part of it, rounded so that the parts add up. Reversals are told by the origins that Tryton gives a cancelling move.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from bilag.platforms.base import OddLine, Said
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.cost_rows import CostLineRow, CostMoveRow, SupplierInvoiceRow
from bilag.platforms.tryton.mapping import is_ours, last_digits
from bilag.platforms.tryton.moves import MOVES
from bilag.posting.expense import PostedLine
from bilag.posting.texts import cut, one_line
from bilag.posting.voucher import ZERO

LONGEST_TEXT = 500
LINES, INVOICE_LINES = "account.move.line", "account.invoice.line"
CENT, RATE, TOO_LARGE = Decimal("0.01"), Decimal("0.000001"), Decimal(10) ** 15
PRECISION = 80
"""Digits enough for the product of any two amounts, so that absurd ones are told, not tripped over."""
OURS = "outgoingInvoice"
"""What came from Moment does not go back there, whatever cancels it included."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a move: the invoice that made it, and the ids of the documents of both."""

    invoice: SupplierInvoiceRow | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Vat:
    """VAT of one line, in company currency and in the line's own."""

    code: str | None = None
    base: Decimal = ZERO
    foreign: Decimal = ZERO


def costs_of(move: CostMoveRow, beside: Beside, books: Books) -> list[PostedLine | OddLine]:
    """Each line but those of parties, debit positive; what is odd of a cost is told instead of it."""
    vat = _vat_of_lines(move.lines)
    supplier = beside.invoice.party if beside.invoice else next((one.party for one in move.lines if one.party), None)
    kind = _kind(move, beside.invoice)
    cancelled = id_of(move.origin, MOVES)
    found: list[PostedLine | OddLine] = []
    for line in move.lines:
        if line.account.party_required:
            continue
        net, own = line.debit - line.credit, vat.get(line.id, _Vat())
        units, why = _units(line, books)
        is_cost = line.account.type is not None and bool(line.account.type.expense)
        odd = _impossible(net, own) or (why if is_cost and kind != OURS else None)
        if odd is not None:
            where = f"{_text(move.number) or move.id}, {_text(line.account.code) or '?'}"
            found.append(OddLine(where, odd, (move.id, line.id)))
            continue
        taken_back = id_of(line.origin, LINES) if cancelled is not None else None
        currency, rate, foreign = _currency(line, net + own.base, own.foreign, books)
        found.append(
            PostedLine(
                journal=move.id,
                entry=line.id,
                account=_text(line.account.code) or "",
                voucher_number=last_digits(move.number) or 0,
                voucher_date=move.date,
                value_date=move.date,
                voucher_type=kind,
                net=net.quantize(CENT),
                vat=own.base.quantize(CENT),
                gross=(net + own.base).quantize(CENT),
                currency=currency,
                exchange_rate=rate,
                currency_amount=foreign,
                text=_text(line.description) or _bought(line, beside.invoice) or _text(move.description) or "",
                vat_code=own.code,
                supplier_number=_text(supplier.code) if supplier else None,
                supplier_name=_text(supplier.name) if supplier else None,
                supplier_invoice_number=_text(beside.invoice.reference) if beside.invoice else None,
                units=units,
                documents=beside.documents,
                reverses=(cancelled, taken_back) if cancelled is not None and taken_back is not None else None,
            )
        )
    return found


def _impossible(net: Decimal, vat: _Vat) -> Said | None:
    """Why the amounts cannot be those of a posted line."""
    amounts = (net, vat.base)
    if any(abs(amount) >= TOO_LARGE for amount in (*amounts, vat.foreign)):
        return Said("the amount is too large", "beløpet er for stort")
    if any(amount != amount.quantize(CENT) for amount in amounts):
        return Said("the amount has more than two decimals", "beløpet har mer enn to desimaler")
    return None


def id_of(reference: str | None, model: str) -> int | None:
    """The id in a reference such as "account.move,42", if it is one to this model."""
    named, _, number = (reference or "").partition(",")
    return int(number) if named == model and number.isascii() and number.isdigit() else None


def _kind(move: CostMoveRow, invoice: SupplierInvoiceRow | None) -> str:
    """The voucher's type in the words of the hub's contract."""
    if is_ours(move.description):
        return OURS
    if invoice is None:
        return "journal"
    refund = (invoice.total_amount or ZERO) < 0
    if invoice.type == "out":
        return "creditNote" if refund else OURS
    return "incomingCreditNote" if refund else "incomingInvoice"


def _units(line: CostLineRow, books: Books) -> tuple[tuple[tuple[int, str], ...], Said | None]:
    """Unit and value; and why they cannot be told, where the line is on several values or only partly on one."""
    of_root = {root: unit for unit, root in books.roots.items()}
    shares: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for share in line.analytic_lines:
        unit = of_root.get(share.account.root or 0)
        code = _text(share.account.code)
        if unit is not None and code is not None:
            shares[unit][code] += share.debit - share.credit
    why, net = None, line.debit - line.credit
    for unit, values in shares.items():
        names = ", ".join(sorted(values))
        if len(values) > 1:
            root = books.chart.units[unit].name
            why = Said(
                f"the line is split over several values of {root} ({names}). Post a line for each",
                f"linjen er delt på flere verdier av {root} ({names}). Bokfør en linje for hver",
            )
        elif sum(values.values()) != net:
            why = Said(
                f"only a part of the line is on {names}. Post that part as a separate line",
                f"bare en del av linjen er på {names}. Bokfør den delen som en egen linje",
            )
    return tuple(sorted((unit, next(iter(values))) for unit, values in shares.items())), why


def _vat_of_lines(lines: Sequence[CostLineRow]) -> Mapping[int, _Vat]:
    """VAT by line: each code's VAT is spread over the lines that it was taken of, by cumulative rounding."""
    based: dict[str, list[CostLineRow]] = defaultdict(list)
    taken: dict[str, list[CostLineRow]] = defaultdict(list)
    for line in lines:
        for kind, of_kind in (("base", based), ("tax", taken)):
            for code in dict.fromkeys(one.tax.name for one in line.tax_lines if one.type == kind):
                of_kind[code].append(line)
    found: dict[int, _Vat] = {}
    for code, of_code in based.items():
        base = _spread(sum((_net(one) for one in taken[code]), ZERO), [_net(one) for one in of_code], CENT)
        foreign = _spread(sum((_foreign(one) for one in taken[code]), ZERO), [_foreign(one) for one in of_code], CENT)
        for line, part, other in zip(of_code, base, foreign, strict=True):
            known = found.get(line.id, _Vat(code))
            found[line.id] = _Vat(known.code, known.base + part, known.foreign + other)
    return found


def _spread(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """The total in parts by weight, which add up to it. Weights that add up to nothing give all to the first."""
    whole, run, given, parts = sum(weights, ZERO), ZERO, ZERO, []
    if whole == 0:
        return [total, *(ZERO for _ in weights[1:])]
    with localcontext(prec=PRECISION):
        for weight in weights[:-1]:
            run += weight
            part = (total * run / whole).quantize(unit, ROUND_HALF_UP) - given
            given += part
            parts.append(part)
        return [*parts, total - given]


def _currency(line: CostLineRow, gross: Decimal, vat: Decimal, books: Books) -> tuple[str, Decimal, Decimal | None]:
    """The line's currency, company currency for one of it, and its gross amount in it (None: company currency)."""
    if line.second_currency is None or not line.amount_second_currency:
        return books.currency.code, Decimal(1), None
    foreign = line.amount_second_currency + vat
    if not foreign or abs(gross / foreign) >= TOO_LARGE:
        return books.currency.code, Decimal(1), None
    rate = abs(gross / foreign).quantize(RATE, ROUND_HALF_UP)
    return _text(line.second_currency.code) or "", rate or Decimal(1), foreign


def _net(line: CostLineRow) -> Decimal:
    return line.debit - line.credit


def _foreign(line: CostLineRow) -> Decimal:
    return line.amount_second_currency or ZERO


def _bought(line: CostLineRow, invoice: SupplierInvoiceRow | None) -> str | None:
    """The words of the invoice's line that the move's line was made from; None for what it may not see."""
    number = id_of(line.origin, INVOICE_LINES)
    told = (one.description for one in invoice.lines if one.id == number) if invoice else iter(())
    return _text(next(told, None))


def _text(text: str | None) -> str | None:
    line = one_line(text)
    return None if line is None else cut(line, LONGEST_TEXT)
