"""The two ways to post: a manual journal, whose lines are given with VAT and sign, and an outgoing invoice of its own kind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from bilag_sandbox.hub.codes import CURRENCIES
from bilag_sandbox.poweroffice_go import effects
from bilag_sandbox.poweroffice_go.bodies import read_body
from bilag_sandbox.poweroffice_go.call import Answer, Call
from bilag_sandbox.poweroffice_go.defaults import CURRENCY_RATES
from bilag_sandbox.poweroffice_go.go import Client, Go, moment
from bilag_sandbox.poweroffice_go.ledger import (
    DIMENSIONS,
    NO_VAT,
    Entry,
    NewVoucher,
    VatRow,
    absorb_rounding,
    accrual_entries,
    balance_by_day,
    date_fault,
    line_entries,
    reverse_voucher,
    used_invoice_no,
    used_reference,
    vat_rows,
    voucher_row,
    write_voucher,
)
from bilag_sandbox.poweroffice_go.objects import object_row, refuse_foreign
from bilag_sandbox.poweroffice_go.refusals import Faults, not_found
from bilag_sandbox.poweroffice_go.shapes import SHAPES

TITLE = "Voucher validation error(s)"
HUNDRED = Decimal(100)
LONGEST_ACCRUAL_MONTHS = 60
KINDS = {
    "DepartmentId": "department",
    "ProjectId": "project",
    "Dim1Id": "dimension1",
    "Dim2Id": "dimension2",
    "Dim3Id": "dimension3",
}
CARRIED = (*DIMENSIONS, "Quantity", "CustomMatchingReference", "VatReturnSpecification")


@dataclass(frozen=True, slots=True)
class Target:
    """What an account id names: an account, and the contact if it is one of the sub-ledger."""

    number: int
    contact: int | None
    record: Mapping[str, Any]


class Desk:
    """Reads one voucher, checks it against the client's books, and collects its faults."""

    def __init__(self, go: Go, client: Client) -> None:
        self.go = go
        self.client = client
        self.faults = Faults(TITLE)
        self.vat = vat_rows(go, client)

    @cached_property
    def no_vat(self) -> int:
        """The id of the code without VAT."""
        return next(row.id for row in self.vat.values() if row.code == NO_VAT)

    def ore(self, value: Any, place: str, *, zero: bool = False) -> int:
        """Read an amount. It has at most two decimals, and is not zero unless it may be."""
        amount = Decimal(value or 0) * HUNDRED
        if amount != amount.to_integral_value():
            self.faults.add(f"{place} has more than two decimals.")
            return 0
        if not amount and not zero:
            self.faults.add(f"{place} must be a positive or negative number not 0.")
        return int(amount)

    def check_day(self, day: str | None) -> None:
        """Check that a day is open."""
        fault = date_fault(self.client, day) if day else None
        if fault:
            self.faults.add(fault)

    def check_head(self, body: Mapping[str, Any]) -> None:
        """Check what must be unique, and the currency."""
        reference, number, currency = (
            body.get(name) for name in ("ExternalImportReference", "InvoiceNo", "CurrencyCode")
        )
        used = used_reference(self.go, self.client, reference) if reference else None
        if used is not None:
            self.faults.add(
                f"ExternalImportReference is already in use. '{reference}' is used on voucher Id = {used['id']}."
            )
        used = used_invoice_no(self.go, self.client, number) if number else None
        if used is not None:
            self.faults.add(f"InvoiceNo is already in use. '{number}' is used on voucher Id = {used['id']}.")
        if currency and currency not in CURRENCIES:
            self.faults.add(f"CurrencyCode '{currency[:10]}' is not valid.")

    def rate(self, body: Mapping[str, Any], currency: str, place: str) -> str:
        """Return the kroner for one unit of a currency."""
        given = body.get("CurrencyExchangeRate")
        if given is None:
            return CURRENCY_RATES.get(currency, "1")
        if Decimal(given) <= 0 or (currency == "NOK" and Decimal(given) != 1):
            self.faults.add(f"{place}CurrencyExchangeRate is not valid for {currency}.")
            return "1"
        return str(given)

    def check_dimensions(self, line: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Check the dimensions of a line or a head; returns those given."""
        found = {}
        for name, kind in KINDS.items():
            if line.get(name) is None:
                continue
            row = object_row(self.go, self.client, kind, line[name])
            what = kind.capitalize() if name in ("DepartmentId", "ProjectId") else f"CustomDimension {name[3]}"
            if row is None:
                self.faults.missing(f"{what} with id = {line[name]} not found.")
                continue
            record = json.loads(row["record"])
            if record.get("IsActive") is False or record.get("ProjectStatus") == "Archived":
                self.faults.add(f"{place}{what} with code = '{row['code']}' is not active.")
            found[name] = line[name]
        refuse_foreign(
            {name: line.get(name) for name in ("LocationId", "ProductId", "DeliveryTermId", "SalesPersonEmployeeId")},
            self.faults,
        )
        return found

    def target(self, number: Any, place: str) -> Target | None:
        """Find an account or a sub-ledger account by its id."""
        if number is None:
            return None
        row = self.go.store.row("select * from account where client = ? and id = ?", self.client.id, number)
        if row is not None:
            record = json.loads(row["record"])
            control = (self.client.config["receivablesAccount"], self.client.config["payablesAccount"])
            if record["IsActive"] is False:
                self.faults.add(f"{place}Account {row['number']} is not active.")
            if row["number"] in control:
                self.faults.add(f"{place}Account {row['number']} can only be posted through its sub-ledger accounts.")
            return Target(row["number"], None, record)
        row = self.go.store.row("select * from contact where client = ? and ledger_id = ?", self.client.id, number)
        if row is None:
            self.faults.missing(f"Account with id = {number} not found.")
            return None
        if json.loads(row["record"]).get("IsArchived"):
            self.faults.add(f"{place}{row['kind']} {row['number']} is archived.")
        name = "receivablesAccount" if row["kind"] == "Customer" else "payablesAccount"
        return Target(self.client.config[name], row["id"], {"VatCode": NO_VAT, "IsVatCodeLocked": True})

    def vat_row(self, number: Any, day: str | None, target: Target | None, place: str) -> VatRow | None:
        """Find a row of a VAT code by its id, and check it against the day and the account."""
        if number is None:
            return None
        vat = self.vat.get(number)
        if vat is None:
            self.faults.missing(f"VatCode with id = {number} not found.")
            return None
        if not vat.active:
            self.faults.add(f"{place}VatCode {vat.code} is not active.")
        if day is not None and not vat.covers(day):
            self.faults.add(f"{place}VatCode {vat.code} with id = {vat.id} is not valid on {day}.")
        if target is not None and target.record.get("IsVatCodeLocked") and target.record["VatCode"] != vat.code:
            self.faults.add(f"{place}Account {target.number} is locked to VAT code {target.record['VatCode']}.")
        return vat

    def check_required(self, target: Target, given: Mapping[str, Any], place: str) -> None:
        """Check the dimensions that an account requires."""
        for name, flag in (("DepartmentId", "IsDepartmentRequired"), ("ProjectId", "IsProjectRequired")):
            if target.record.get(flag) and given.get(name) is None:
                self.faults.add(f"{place}{name.removesuffix('Id')} is required on account {target.number}.")


# Manual journals


def post_manual(call: Call) -> Answer:
    """Post a manual journal."""
    body = read_body(call.json(), "ManualVoucherPostDto", TITLE)
    effect = effects.take(call.go, call.client)
    effects.refuse(effect)
    with call.go.store.transaction():
        desk = Desk(call.go, call.client)
        entries = _manual_entries(desk, body)
        desk.faults.refuse()
        new = NewVoucher(
            type="ManualJournal",
            voucher_date=body["VoucherDate"],
            entries=entries,
            currency=body["CurrencyCode"],
            description=body.get("Description"),
            reference=body.get("ExternalImportReference"),
            imported_no=body.get("ImportedVoucherNo"),
            imported=True,
            body={"posted": body},
        )
        row = write_voucher(call.go, call.client, effects.lose(effect, new))
    return Answer(201, manual_json(call, row))


def _manual_entries(desk: Desk, body: Mapping[str, Any]) -> tuple[Entry, ...]:
    desk.check_head(body)
    lines = body.get("VoucherLines") or []
    if len(lines) < 2:
        desk.faults.add("A voucher needs at least two lines.")
    entries: list[Entry] = []
    currencies = set()
    for index, line in enumerate(lines):
        place = f"VoucherLines[{index}]: "
        currency = line.get("CurrencyCode") or body.get("CurrencyCode") or "NOK"
        currencies.add(currency)
        if currency not in CURRENCIES:
            desk.faults.add(f"{place}CurrencyCode '{currency[:10]}' is not valid.")
        rate = desk.rate(line, currency, place)
        amount = desk.ore(line.get("CurrencyAmount"), f"{place}CurrencyAmount")
        day = line.get("PostingDate")
        desk.check_day(day)
        target = desk.target(line.get("AccountId"), place)
        vat = desk.vat_row(line.get("VatId"), day, target, place)
        given = desk.check_dimensions(line, place)
        if target is None or vat is None or day is None:
            continue
        desk.check_required(target, given, place)
        more = {name: line[name] for name in CARRIED if line.get(name) is not None} | {"CurrencyCode": currency}
        text = line.get("Description") or body.get("Description")
        one = Entry(target.number, 0, amount, day, vat.id, contact=target.contact, text=text, more=more)
        entries += line_entries(one, vat, rate, desk.no_vat)
    if len(desk.faults):
        return ()
    if len(currencies) == 1:
        for day, difference in balance_by_day(entries).items():
            desk.faults.add(f"The voucher does not balance on {day}: the difference is {difference / 100:.2f}.")
        if not len(desk.faults):
            for day in sorted({entry.day for entry in entries}):
                entries = list(absorb_rounding(entries, _rounding_place(entries, day)))
        return tuple(entries)
    for day in sorted({entry.day for entry in entries}):
        over = sum(entry.amount for entry in entries if entry.day == day)
        if over:
            desk.faults.add(f"The voucher does not balance on {day}: the difference is {over / 100:.2f} NOK.")
    return tuple(entries)


def _rounding_place(entries: list[Entry], day: str) -> int:
    """Return the entry that takes a day's rounding: the sub-ledger's, or the last entry if there is none."""
    places = [index for index, entry in enumerate(entries) if entry.day == day]
    return next((index for index in places if entries[index].contact is not None), places[-1])


def manual_json(call: Call, row: Any) -> dict[str, Any]:
    """Return a manual journal as the API shows it."""
    posted = json.loads(row["body"])["posted"]
    created = moment(row["created_at"])
    blank = SHAPES["ManualVoucherLineDto"].blank()
    lines = [
        blank | _given(line) | {"Id": index, "CreatedDateTimeOffset": created}
        for index, line in enumerate(posted.get("VoucherLines") or [], start=1)
    ]
    return {
        **SHAPES["ManualVoucherDto"].blank(),
        **posted,
        "Description": row["description"],
        "ExternalImportReference": row["reference"],
        "Id": row["id"],
        "VoucherNo": row["number"],
        "VoucherLines": lines,
        "IsReversed": row["reversed_by"] is not None,
        "CreatedDateTimeOffset": created,
    }


def _given(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


def get_manual(call: Call) -> Answer:
    """Return a manual journal that an integration posted."""
    return Answer(value=manual_json(call, _own_voucher(call, ("ManualJournal",))))


def _own_voucher(call: Call, types: tuple[str, ...]) -> Any:
    key = call.path("id")[:60]
    row = voucher_row(call.go, call.client, key)
    if not row["imported"] or (types and row["type"] not in types):
        raise not_found(f"Voucher with id = {key} not found.")
    return row


# Outgoing invoices


def post_invoice(call: Call) -> Answer:
    """Post an outgoing invoice: the customer owes `CurrencyAmount`, which its lines, credit positive, add up to.

    A negative amount is a credit note. Assumed: see `shapes`.
    """
    body = read_body(call.json(), "OutgoingInvoiceVoucherPostDto", TITLE)
    effect = effects.take(call.go, call.client)
    effects.refuse(effect)
    with call.go.store.transaction():
        desk = Desk(call.go, call.client)
        entries = _invoice_entries(desk, body)
        desk.faults.refuse()
        new = NewVoucher(
            type="OutgoingCreditNote" if body["CurrencyAmount"] < 0 else "OutgoingInvoice",
            voucher_date=body["VoucherDate"],
            entries=entries,
            currency=body.get("CurrencyCode") or "NOK",
            description=body.get("Description"),
            reference=body.get("ExternalImportReference"),
            invoice_no=body["InvoiceNo"],
            imported_no=body.get("ImportedVoucherNo"),
            imported=True,
            body={"posted": body},
        )
        row = write_voucher(call.go, call.client, effects.lose(effect, new))
    return Answer(201, invoice_json(row))


def _invoice_entries(desk: Desk, body: Mapping[str, Any]) -> tuple[Entry, ...]:
    desk.check_head(body)
    day = body.get("VoucherDate")
    desk.check_day(day)
    if body.get("DueDate") and day and body["DueDate"] < day:
        desk.faults.add(f"DueDate {body['DueDate']} is before VoucherDate {day}.")
    currency = body.get("CurrencyCode") or "NOK"
    rate = desk.rate(body, currency, "")
    total = desk.ore(body.get("CurrencyAmount"), "CurrencyAmount")
    customer = desk.target(body.get("CustomerAccountId"), "")
    if customer is not None and (
        customer.contact is None or customer.number != desk.client.config["receivablesAccount"]
    ):
        desk.faults.add(f"CustomerAccountId = {body['CustomerAccountId']} is no customer sub-ledger account.")
    head = desk.check_dimensions(body, "")
    lines = body.get("OutgoingInvoiceLines") or []
    if not lines:
        desk.faults.add("An outgoing invoice needs at least one line.")
    made: list[Entry] = []
    accruals: list[Entry] = []
    gross = 0
    for index, line in enumerate(lines):
        amount = desk.ore(line.get("CurrencyAmount"), f"OutgoingInvoiceLines[{index}]: CurrencyAmount", zero=True)
        gross += amount
        entries, spread = _invoice_line(desk, body, line, amount, f"OutgoingInvoiceLines[{index}]: ", rate, currency)
        made += entries
        accruals += spread
    if gross != total:
        desk.faults.add(f"CurrencyAmount {total / 100:.2f} is not the sum of the lines, {gross / 100:.2f}.")
    if len(desk.faults) or customer is None or day is None:
        return ()
    more = {
        **head,
        "CurrencyCode": currency,
        "Cid": body.get("Cid"),
        "DueDate": body.get("DueDate"),
        "CustomMatchingReference": body.get("CustomMatchingReference"),
        "IsNoteMainEntry": True,
    }
    owed = Entry(
        customer.number,
        0,
        total,
        day,
        desk.no_vat,
        contact=customer.contact,
        text=body.get("Description"),
        more=_given(more),
    )
    return (*absorb_rounding((owed, *made), 0), *accruals)


def _invoice_line(
    desk: Desk, body: Mapping[str, Any], line: Mapping[str, Any], amount: int, place: str, rate: str, currency: str
) -> tuple[list[Entry], list[Entry]]:
    day = body.get("VoucherDate")
    for name in ("AccountId", "VatId"):
        if line.get(name) is None:
            desk.faults.add(f"{place}{name} is required.")
    target = desk.target(line.get("AccountId"), place)
    if target is not None and target.contact is not None:
        desk.faults.add(f"{place}AccountId = {line['AccountId']} is no general ledger account.")
    vat = desk.vat_row(line.get("VatId"), day, target, place)
    given = desk.check_dimensions(line, place)
    accrual = _accrual(desk, line.get("Accrual"), day, place)
    if target is None or vat is None or day is None:
        return [], []
    desk.check_required(target, given, place)
    more = {name: line[name] for name in CARRIED if line.get(name) is not None} | {"CurrencyCode": currency}
    text = line.get("Description") or body.get("Description")
    one = Entry(target.number, 0, -amount, day, vat.id, text=text, more=more)
    entries = line_entries(one, vat, rate, desk.no_vat)
    if accrual is None or len(desk.faults):
        return entries, []
    balance, first, last = accrual
    return entries, accrual_entries(entries[0], balance, first, last, rate, desk.no_vat)


def _accrual(
    desk: Desk, accrual: Mapping[str, Any] | None, day: str | None, place: str
) -> tuple[int, date, date] | None:
    if not accrual or not accrual.get("IsActive"):
        return None
    given = [accrual.get("FromDate"), accrual.get("ToDate")]
    if None in given or day is None:
        desk.faults.add(f"{place}Accrual needs FromDate and ToDate.")
        return None
    first, last = (date.fromisoformat(str(one)) for one in given)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if last < first or months > LONGEST_ACCRUAL_MONTHS:
        desk.faults.add(f"{place}Accrual from {first} to {last} is not valid.")
        return None
    number, key = accrual.get("BalanceAccountNo"), accrual.get("BalanceAccountId")
    column, value = ("id", key) if key is not None else ("number", number)
    row = desk.go.store.row(f"select * from account where client = ? and {column} = ?", desk.client.id, value)  # noqa: S608
    if row is None:
        desk.faults.missing(f"BalanceAccount {value} not found.")
        return None
    target = desk.target(row["id"], place)
    return None if target is None else (target.number, first, last)


def invoice_json(row: Any) -> dict[str, Any]:
    """Return an outgoing invoice as the API shows it."""
    posted = json.loads(row["body"])["posted"]
    blank = SHAPES["OutgoingInvoiceVoucherLineDto"].blank()
    lines = [blank | _given(line) for line in posted.get("OutgoingInvoiceLines") or []]
    return {
        **SHAPES["OutgoingInvoiceVoucherDto"].blank(),
        **posted,
        "CurrencyCode": posted.get("CurrencyCode") or "NOK",
        "Description": row["description"],
        "ExternalImportReference": row["reference"],
        "InvoiceNo": row["invoice_no"],
        "Id": row["id"],
        "VoucherNo": row["number"],
        "OutgoingInvoiceLines": lines,
        "IsReversed": row["reversed_by"] is not None,
        "CreatedDateTimeOffset": moment(row["created_at"]),
    }


def get_invoice(call: Call) -> Answer:
    """Return an outgoing invoice that an integration posted."""
    return Answer(value=invoice_json(_own_voucher(call, ("OutgoingInvoice", "OutgoingCreditNote"))))


def reverse(call: Call) -> Answer:
    """Reverse a voucher that an integration posted."""
    with call.go.store.transaction():
        row = _own_voucher(call, ())
        reverse_voucher(call.go, call.client, row)
    return Answer(200)
