"""Build the voucher of an invoice that has passed every check. Sides follow the sign of the total (DESIGN, rule 5)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from bilag.posting.amounts import ledger_rate, to_ore
from bilag.posting.grouping import Group, strip_number
from bilag.posting.invoice import Invoice
from bilag.posting.note import Note
from bilag.posting.rules import Rules
from bilag.posting.text_form import fill
from bilag.posting.texts import cut, one_line
from bilag.posting.voucher import Entry, LineAccrual, Side, Voucher, VoucherKind

WORDS = {
    "nb": {"invoice": "Faktura", "credit_note": "Kreditnota", "rounding": "Avrunding"},
    "en": {"invoice": "Invoice", "credit_note": "Credit note", "rounding": "Rounding"},
}
Units = tuple[tuple[int, str], ...]


def kind_of(invoice: Invoice) -> VoucherKind:
    """Return invoice or credit note, by the sign of the total.

    For a zero total, by the type Moment states (contracts/decisions.md). The plan has already reported a document whose
    type, total and credited number contradict each other.
    """
    if invoice.total == 0:
        return VoucherKind.CREDIT_NOTE if invoice.is_credit_note else VoucherKind.INVOICE
    return VoucherKind.INVOICE if invoice.total > 0 else VoucherKind.CREDIT_NOTE


def stated_kind_of(invoice: Invoice) -> VoucherKind:
    """Return invoice or credit note, as Moment states it."""
    return VoucherKind.CREDIT_NOTE if invoice.is_credit_note else VoucherKind.INVOICE


def field_values(invoice: Invoice, language: str) -> dict[str, str | None]:
    """Return the value of each of `text_form.VOUCHER_FIELDS` on the invoice; None where it has none."""
    words = WORDS.get(language, WORDS["en"])
    return {
        "kind": words[stated_kind_of(invoice)],
        "number": str(invoice.number) if invoice.number is not None else None,
        "description": one_line(invoice.description),
        "customer": one_line(invoice.customer_name),
        "customer number": one_line(invoice.customer),
        "project": one_line(invoice.project),
        "reference": one_line(invoice.your_reference),
    }


@dataclass
class VoucherBuilder:
    """Builds one voucher, and notes every text, sum or rate it changed."""

    invoice: Invoice
    rules: Rules
    notes: list[Note] = field(default_factory=list)
    line_accrual: Callable[[Group], LineAccrual | None] = lambda _: None
    """Returns the accrual a native accounting system should make from a group's entry."""

    def build(self, groups: list[tuple[Group, Units]], difference: Decimal) -> Voucher:
        """Build the voucher of these groups with their units. `difference` goes on the rounding account.

        Raises ValueError if the invoice has no number or date: the plan reports those first.
        """
        invoice, kind = self.invoice, kind_of(self.invoice)
        if invoice.number is None or invoice.invoice_date is None:
            raise ValueError("an invoice without number or date must not reach the voucher builder")
        entries = [self._entry(group, units) for group, units in groups]
        if difference != 0:
            entries.append(self._rounding_entry(difference))
        is_invoice = kind is VoucherKind.INVOICE
        return Voucher(
            number=invoice.number,
            kind=kind,
            voucher_date=invoice.invoice_date,
            text=self._voucher_text(kind),
            currency=invoice.currency,
            entries=tuple(entries),
            total=to_ore(invoice.total),
            due_date=invoice.due_date or (invoice.invoice_date if is_invoice else None),
            payment_id=invoice.payment_id or None,
            customer=strip_number(invoice.customer),
            your_reference=self._cut("your_reference", invoice.your_reference, self.rules.text_limits.your_reference),
            exchange_rate=self._rate(),
            credited_number=None if is_invoice else invoice.credited_number,
        )

    def _entry(self, group: Group, units: Units) -> Entry:
        return Entry(
            account=group.key.account,
            side=self._side(negative=group.is_negative),
            net=to_ore(group.net),
            vat=to_ore(group.vat),
            vat_code=group.key.vat_code,
            text=self._cut("entry_text", self._entry_text(group), self.rules.text_limits.entry_text, group.positions),
            units=units,
            project=group.key.project,
            department=group.key.department,
            accrual=self.line_accrual(group),
        )

    def _rounding_entry(self, difference: Decimal) -> Entry:
        account = self.rules.rounding
        amount = to_ore(difference)
        self.notes.append(Note("rounding_added", {"account": account, "amount": f"{amount:.2f}"}))
        text = cut(self._words["rounding"], self.rules.text_limits.entry_text)
        return Entry(account, self._side(negative=difference < 0), amount, text=text)

    def _side(self, *, negative: bool) -> Side:
        """Return the side: in Moment's sign a positive amount is credited, on invoices and credit notes alike."""
        return Side.DEBIT if negative else Side.CREDIT

    def _entry_text(self, group: Group) -> str | None:
        account_name = self.rules.account_name(group.key.account)
        own = group.text(account_name)
        values = {**field_values(self.invoice, self.rules.language), "text": own, "account": account_name}
        return fill(self.rules.texts.entry, values) or own

    def _voucher_text(self, kind: VoucherKind) -> str:
        stated_kind = stated_kind_of(self.invoice)
        name = f"{self._words[stated_kind]} {self.invoice.number}"
        text = fill(self.rules.texts.voucher, field_values(self.invoice, self.rules.language)) or name
        if stated_kind is not kind:
            self.notes.append(Note("type_by_sign", {"moment_type": stated_kind.value, "type": kind.value}))
            text = text if text == name else f"{name}: {text}"
        return self._cut("voucher_text", text, self.rules.text_limits.voucher_text) or name

    def _cut(self, what: str, text: str | None, limit: int, positions: tuple[int, ...] = ()) -> str | None:
        line = one_line(text)
        if line is None or len(line) <= limit:
            return line
        self.notes.append(Note("text_cut", {"what": what, "limit": str(limit)}, positions))
        return cut(line, limit) or None

    def _rate(self) -> Decimal:
        """Return company currency for one unit: one for the base currency, else the checked rate."""
        if self.invoice.currency == self.rules.base_currency:
            return Decimal(1)
        rate = ledger_rate(self.invoice.exchange_rate)
        if rate is None:
            raise ValueError("a foreign currency without a rate must not reach the voucher builder")
        if rate != self.invoice.exchange_rate:
            self.notes.append(Note("exchange_rate_rounded", {"rate": f"{rate:f}"}))
        return rate

    @property
    def _words(self) -> dict[str, str]:
        return WORDS.get(self.rules.language, WORDS["en"])
