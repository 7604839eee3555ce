"""Convert a row of a report to a posted line, or say why it cannot be read. Pure functions."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from bilag.platforms.azets.wire import Amount, Day, HubObject, MaybeAmount, Units
from bilag.platforms.base import OddLine, Said
from bilag.posting.chart import UnitDefinition
from bilag.posting.dimensions import LAST_UNIT, same_in_ledger
from bilag.posting.expense import PostedLine
from bilag.posting.texts import cut, one_line

LARGEST_NUMBER = 2**63 - 1
LONGEST_TEXT = 500
MOST_DOCUMENTS = 100
_CENT = Decimal("0.01")
_UNIT = re.compile(r"[0-9]{1,2}")


FIELD_NAMES = {
    "journalNumber": ("the journal number", "journalnummeret"),
    "entryNumber": ("the entry number", "posteringsnummeret"),
    "accountNumber": ("the account number", "kontonummeret"),
    "voucherNumber": ("the voucher number", "bilagsnummeret"),
    "voucherDate": ("the voucher date", "bilagsdatoen"),
    "valueDate": ("the value date", "valutadatoen"),
    "voucherType": ("the voucher type", "bilagstypen"),
    "text": ("the text", "teksten"),
    "currency": ("the currency", "valutaen"),
    "exchangeRate": ("the exchange rate", "valutakursen"),
    "currencyAmount": ("the amount in currency", "beløpet i valuta"),
    "netAmount": ("the net amount", "nettobeløpet"),
    "vatAmount": ("the VAT amount", "mva-beløpet"),
    "grossAmount": ("the gross amount", "bruttobeløpet"),
    "vatCode": ("the VAT code", "mva-koden"),
    "supplierNumber": ("the supplier number", "leverandørnummeret"),
    "supplierName": ("the supplier name", "leverandørnavnet"),
    "supplierInvoiceNumber": ("the supplier's invoice number", "fakturanummeret fra leverandøren"),
    "orgUnits": ("the list of units", "listen over enheter"),
    "documentIds": ("the list of documents", "listen over dokumenter"),
    "reverses": ("the reversed line", "den reverserte linjen"),
}
"""The fields of a row in words, in English and Norwegian."""


def _whole_cents(value: Decimal) -> Decimal:
    if value != value.quantize(_CENT):
        raise ValueError("two decimals are expected")
    return value.quantize(_CENT) + 0  # no -0.00


def _maybe_whole_cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else _whole_cents(value)


Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Money = Annotated[Amount, AfterValidator(_whole_cents)]
MaybeMoney = Annotated[MaybeAmount, AfterValidator(_maybe_whole_cents)]
Word = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\ufffd]{1,60}$")]


class RowKeyWire(HubObject):
    journal_number: Number
    entry_number: Number


class RowWire(RowKeyWire):
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


def read_row(row: Any, place: int, units: Mapping[int, UnitDefinition]) -> PostedLine | OddLine:
    """Convert a row, or say what is wrong with it. `place` counts from 1 on its page; `units` defines the units.

    The fault names the field and never contains its content. The line is identified if its key can be read.
    """
    try:
        wire = RowWire.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return _odd(row, place, _why(field, str(first["type"])))
    if wire.net_amount + wire.vat_amount != wire.gross_amount:
        why = Said(
            "the gross amount is not the sum of the net amount and the VAT amount",
            "bruttobeløpet er ikke summen av nettobeløpet og mva-beløpet",
        )
        return _odd(row, place, why)
    return _line(wire, units)


def _why(field: str, fault: str) -> Said:
    en, nb = FIELD_NAMES.get(field.partition(".")[0], ("the row", "raden"))
    if fault == "missing" and "." not in field:
        return Said(f"{en} is missing", f"{nb} mangler")
    return Said(f"{en} is not valid", f"{nb} er ikke gyldig")


def _odd(row: Any, place: int, why: Said) -> OddLine:
    try:
        key = RowKeyWire.model_validate(row)
    except ValidationError:
        return OddLine(f"row {place}", why)
    return OddLine(f"{key.journal_number}/{key.entry_number}", why, (key.journal_number, key.entry_number))


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
    """Unit and value as the ledger keeps it; a unit without value is left out."""
    numbered = {int(unit): one_line(value) or "" for unit, value in given.items() if _UNIT.fullmatch(unit)}
    same = {unit: same_in_ledger(unit, value, units.get(unit)) for unit, value in numbered.items()}
    return tuple(sorted((unit, value) for unit, value in same.items() if value and 1 <= unit <= LAST_UNIT))


def _text(text: str | None) -> str | None:
    line = one_line(text)
    return None if line is None else cut(line, LONGEST_TEXT)
