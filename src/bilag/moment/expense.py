"""Project expenses as Bilag sends them to Moment and reads them back. Frozen; amounts are Decimal in company currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LONGEST_KEY = 100
NOT_APPROVED, APPROVED, INVOICED = "notApprovedForInvoicing", "approvedForInvoicing", "invoiced"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PriceModel:
    """A price model of a project. `expenses_billable` is None if the model does not say."""

    moment_id: int
    expenses_billable: bool | None


@dataclass(frozen=True, slots=True)
class ExpenseProject:
    """A project with the data an expense needs. The first price model is the default of its activities."""

    moment_id: int
    number: str
    name: str
    price_models: tuple[PriceModel, ...]

    def billable(self, price_model_id: int | None) -> bool | None:
        """Return whether expenses under this price model (None = the first) are billable; None if nothing says so."""
        chosen = [model for model in self.price_models if model.moment_id == price_model_id] or self.price_models
        return chosen[0].expenses_billable if chosen else None


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity (projectExtension) of a project. `state` is an open list."""

    moment_id: int
    project_id: int
    name: str
    state: str
    price_model_id: int | None = None

    @property
    def closed(self) -> bool:
        """Whether the activity takes no more expenses."""
        return self.state == CLOSED


@dataclass(frozen=True, slots=True)
class NewExpense:
    """An expense to create: quantity 1 at the net amount, negative for a credit.

    Raises ValueError if the amounts do not add up, or if the title or key is missing or too long.
    """

    project_id: int
    activity_id: int
    external_key: str
    title: str
    date: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    currency: str
    billable: bool
    description: str | None = None
    account: str | None = None
    supplier_name: str | None = None
    supplier_invoice_number: str | None = None
    invoiced_state: str = NOT_APPROVED

    def __post_init__(self) -> None:
        if self.net + self.vat != self.gross:
            raise ValueError(f"{self.external_key}: net {self.net} and VAT {self.vat} do not add up to {self.gross}")
        if not 0 < len(self.external_key) <= LONGEST_KEY or not self.title.strip():
            raise ValueError(f"{self.external_key}: a title and a key of 1 to {LONGEST_KEY} characters are needed")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that Moment stores with an expense. Moment offers no other way to recognise it."""

    moment_id: int
    file_name: str
    content_type: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Expense:
    """An expense as Moment has it. None means Moment does not say. `invoiced_state` is an open list."""

    moment_id: int
    project_id: int
    activity_id: int | None
    external_key: str | None
    title: str
    date: date | None
    currency: str | None
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal | None
    billable: bool | None
    invoiced_state: str
    documents: tuple[StoredDocument, ...]

    @property
    def invoiced(self) -> bool:
        """Whether the expense is already on an invoice."""
        return self.invoiced_state == INVOICED
