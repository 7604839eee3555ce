"""Convert a posted move's lines to lines that may become expenses. Pure.

Tryton posts VAT as separate lines on the VAT account. Each taxed line gets its share, rounded so that the shares add
up. Reversals are recognised by the origins that Tryton gives a cancelling move.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from bilag.platforms.base import Said, UnreadableLine
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.cost_rows import CostLineRow, CostMoveRow, SupplierInvoiceRow
from bilag.platforms.tryton.mapping import is_bilag_description, last_digits
from bilag.platforms.tryton.moves import MOVES
from bilag.posting.expense import PostedLine
from bilag.posting.texts import cut, one_line
from bilag.posting.voucher import ZERO

LONGEST_TEXT = 500
LINES, INVOICE_LINES = "account.move.line", "account.invoice.line"
CENT, RATE, TOO_LARGE = Decimal("0.01"), Decimal("0.000001"), Decimal(10) ** 15
PRECISION = 80
"""Enough digits for the product of any two amounts, so that absurd ones are reported, not raised."""
OWN_VOUCHER_TYPE = "outgoingInvoice"
"""The type of vouchers from Moment, and of moves that cancel them: neither returns to Moment."""


@dataclass(frozen=True, slots=True)
class MoveContext:
    """What belongs to a move: the invoice that created it, and the ids of both's documents."""

    invoice: SupplierInvoiceRow | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Vat:
    """The VAT of one line, in company currency and in the line's own."""

    code: str | None = None
    base: Decimal = ZERO
    foreign: Decimal = ZERO


def costs_of(move: CostMoveRow, context: MoveContext, books: Books) -> list[PostedLine | UnreadableLine]:
    """Convert every line but those of parties, debit positive.

    A cost line that cannot be read becomes an `UnreadableLine`.
    """
    vat = _vat_of_lines(move.lines)
    supplier = context.invoice.party if context.invoice else next((one.party for one in move.lines if one.party), None)
    kind = _kind(move, context.invoice)
    cancelled = id_of(move.origin, MOVES)
    found: list[PostedLine | UnreadableLine] = []
    for line in move.lines:
        if line.account.party_required:
            continue
        net, line_vat = line.debit - line.credit, vat.get(line.id, _Vat())
        units, why = _units(line, books)
        is_cost = line.account.type is not None and bool(line.account.type.expense)
        odd_reason = _impossible(net, line_vat) or (why if is_cost and kind != OWN_VOUCHER_TYPE else None)
        if odd_reason is not None:
            where = f"{_text(move.number) or move.id}, {_text(line.account.code) or '?'}"
            found.append(UnreadableLine(where, odd_reason, (move.id, line.id)))
            continue
        reversed_line = id_of(line.origin, LINES) if cancelled is not None else None
        currency, rate, foreign = _currency(line, net + line_vat.base, line_vat.foreign, books)
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
                vat=line_vat.base.quantize(CENT),
                gross=(net + line_vat.base).quantize(CENT),
                currency=currency,
                exchange_rate=rate,
                currency_amount=foreign,
                text=_text(line.description)
                or _invoice_line_text(line, context.invoice)
                or _text(move.description)
                or "",
                vat_code=line_vat.code,
                supplier_number=_text(supplier.code) if supplier else None,
                supplier_name=_text(supplier.name) if supplier else None,
                supplier_invoice_number=_text(context.invoice.reference) if context.invoice else None,
                units=units,
                documents=context.documents,
                reverses=(cancelled, reversed_line) if cancelled is not None and reversed_line is not None else None,
            )
        )
    return found


def _impossible(net: Decimal, vat: _Vat) -> Said | None:
    """Return why the amounts cannot be those of a posted line, or None."""
    amounts = (net, vat.base)
    if any(abs(amount) >= TOO_LARGE for amount in (*amounts, vat.foreign)):
        return Said("the amount is too large", "beløpet er for stort")
    if any(amount != amount.quantize(CENT) for amount in amounts):
        return Said("the amount has more than two decimals", "beløpet har mer enn to desimaler")
    return None


def id_of(reference: str | None, model: str) -> int | None:
    """Return the id in a reference such as "account.move,42" if it is to this model, else None."""
    named, _, number = (reference or "").partition(",")
    return int(number) if named == model and number.isascii() and number.isdigit() else None


def _kind(move: CostMoveRow, invoice: SupplierInvoiceRow | None) -> str:
    """Return the voucher type, in the words of the hub's contract."""
    if is_bilag_description(move.description):
        return OWN_VOUCHER_TYPE
    if invoice is None:
        return "journal"
    refund = (invoice.total_amount or ZERO) < 0
    if invoice.type == "out":
        return "creditNote" if refund else OWN_VOUCHER_TYPE
    return "incomingCreditNote" if refund else "incomingInvoice"


def _units(line: CostLineRow, books: Books) -> tuple[tuple[tuple[int, str], ...], Said | None]:
    """Return units with values, and why they are ambiguous: several values, or only a part of the line on one."""
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
    """Return the VAT of each line: each code's VAT is spread over the lines it was charged on, rounded cumulatively."""
    taxed_lines: dict[str, list[CostLineRow]] = defaultdict(list)
    tax_lines_by_code: dict[str, list[CostLineRow]] = defaultdict(list)
    for line in lines:
        for kind, of_kind in (("base", taxed_lines), ("tax", tax_lines_by_code)):
            for code in dict.fromkeys(one.tax.name for one in line.tax_lines if one.type == kind):
                of_kind[code].append(line)
    found: dict[int, _Vat] = {}
    for code, of_code in taxed_lines.items():
        base = _spread(sum((_net(one) for one in tax_lines_by_code[code]), ZERO), [_net(one) for one in of_code], CENT)
        foreign = _spread(
            sum((_foreign(one) for one in tax_lines_by_code[code]), ZERO), [_foreign(one) for one in of_code], CENT
        )
        for line, part, other in zip(of_code, base, foreign, strict=True):
            known = found.get(line.id, _Vat(code))
            found[line.id] = _Vat(known.code, known.base + part, known.foreign + other)
    return found


def _spread(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Split the total by weight into parts that add up to it. If the weights sum to zero, the first part gets it all."""
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
    """Return the line's currency, its rate to company currency, and its gross amount in it (None: company currency)."""
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


def _invoice_line_text(line: CostLineRow, invoice: SupplierInvoiceRow | None) -> str | None:
    """Return the text of the invoice line the move's line came from; None if it may not be read."""
    number = id_of(line.origin, INVOICE_LINES)
    texts = (one.description for one in invoice.lines if one.id == number) if invoice else iter(())
    return _text(next(texts, None))


def _text(text: str | None) -> str | None:
    line = one_line(text)
    return None if line is None else cut(line, LONGEST_TEXT)
