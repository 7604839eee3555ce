"""Convert a report's row to a posted line, or say why it cannot be read. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from bilag.messages.field_names import DOCUMENT_FIELDS
from bilag.platforms.azets.wire import Amount, Day, HubObject, MaybeAmount, Units
from bilag.platforms.base import Said, UnreadableLine
from bilag.posting.chart import UnitDefinition
from bilag.posting.dimensions import LAST_UNIT, normalise_unit_value
from bilag.posting.expense import PostedLine
from bilag.posting.texts import cut, one_line

LARGEST_NUMBER = 2**63 - 1
LONGEST_TEXT = 500
MOST_DOCUMENTS = 100
_CENT = Decimal("0.01")
_UNIT = re.compile(r"[0-9]{1,2}")


def _whole_cents(value: Decimal) -> Decimal:
    if value != value.quantize(_CENT):
        raise ValueError("two decimals are expected")
    return value.quantize(_CENT) + 0  # turns -0.00 into 0.00


def _maybe_whole_cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else _whole_cents(value)


Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Money = Annotated[Amount, AfterValidator(_whole_cents)]
MaybeMoney = Annotated[MaybeAmount, AfterValidator(_maybe_whole_cents)]
Word = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\ufffd]{1,60}$")]


class RowKeyWire(HubObject):
    """The identity of a row."""

    journal_number: Number
    entry_number: Number


class RowWire(RowKeyWire):
    """A row of a report."""

    account_number: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
    voucher_number: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
    voucher_date: Day
    value_date: Day
    voucher_type: Word
    text: str | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    exchange_rate: Annotated[Amount, Field(gt=0)]
    currency_amount: MaybeMoney = None
    net_amount: Money
    vat_amount: Money
    gross_amount: Money
    vat_code: str | None = None
    supplier_number: str | None = None
    supplier_name: str | None = None
    supplier_invoice_number: str | None = None
    org_units: Units
    document_ids: Annotated[list[Word], Field(max_length=MOST_DOCUMENTS)]
    reverses: RowKeyWire | None = None


def read_row(row: Any, place: int, units: Mapping[int, UnitDefinition]) -> PostedLine | UnreadableLine:
    """Convert a row. `place` is its position on the page, from 1; `units` says what each unit holds.

    An unreadable row is described by field names, never by content, and by its identity if that can be read.
    """
    try:
        wire = RowWire.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return _unreadable(row, place, _why(field, str(first["type"])))
    if wire.net_amount + wire.vat_amount != wire.gross_amount:
        why = Said(
            "the gross amount is not the sum of the net amount and the VAT amount",
            "bruttobeløpet er ikke summen av nettobeløpet og mva-beløpet",
        )
        return _unreadable(row, place, why)
    return _line(wire, units)


def _why(field: str, fault: str) -> Said:
    if not field:
        return Said("the row has the wrong form", "raden har feil form")
    english, norwegian = DOCUMENT_FIELDS.get(field.partition(".")[0], ("a field", "et felt"))
    if fault == "missing":
        return Said(f"{english} is missing", f"{norwegian} mangler")
    return Said(f"{english} has the wrong form", f"{norwegian} har feil form")


def _unreadable(row: Any, place: int, why: Said) -> UnreadableLine:
    try:
        key = RowKeyWire.model_validate(row)
    except ValidationError:
        return UnreadableLine(f"row {place}", why)
    return UnreadableLine(f"{key.journal_number}/{key.entry_number}", why, (key.journal_number, key.entry_number))


def _line(wire: RowWire, units: Mapping[int, UnitDefinition]) -> PostedLine:
    reverses = wire.reverses
    return PostedLine(
        journal=wire.journal_number,
        entry=wire.entry_number,
        account=wire.account_number,
        voucher_number=wire.voucher_number,
        voucher_date=wire.voucher_date,
        value_date=wire.value_date,
        voucher_type=wire.voucher_type,
        net=wire.net_amount,
        vat=wire.vat_amount,
        gross=wire.gross_amount,
        currency=wire.currency,
        exchange_rate=wire.exchange_rate,
        currency_amount=wire.currency_amount,
        text=_text(wire.text) or "",
        vat_code=_text(wire.vat_code),
        supplier_number=_text(wire.supplier_number),
        supplier_name=_text(wire.supplier_name),
        supplier_invoice_number=_text(wire.supplier_invoice_number),
        units=_units(wire.org_units, units),
        documents=tuple(dict.fromkeys(wire.document_ids)),
        reverses=None if reverses is None else (reverses.journal_number, reverses.entry_number),
    )


def _units(given: Mapping[str, str], units: Mapping[int, UnitDefinition]) -> tuple[tuple[int, str], ...]:
    """Return units with values, normalised as the ledger stores them."""
    numbered = {int(unit): one_line(value) or "" for unit, value in given.items() if _UNIT.fullmatch(unit)}
    same = {unit: normalise_unit_value(unit, value, units.get(unit)) for unit, value in numbered.items()}
    return tuple(sorted((unit, value) for unit, value in same.items() if value and 1 <= unit <= LAST_UNIT))


def _text(text: str | None) -> str | None:
    line = one_line(text)
    return None if line is None else cut(line, LONGEST_TEXT)
