"""What goes to Moment and comes from it for expenses. Frozen; amounts are Decimal, in the company's currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LONGEST_KEY = 100
NOT_APPROVED, APPROVED, INVOICED = "notApprovedForInvoicing", "approvedForInvoicing", "invoiced"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PriceModel:
    """A price model of a project; `expenses_billable` None = it does not say."""

    moment_id: int
    expenses_billable: bool | None


@dataclass(frozen=True, slots=True)
class ExpenseProject:
    """A project as an expense meets it. The first price model is the default of its activities."""

    moment_id: int
    number: str
    name: str
    price_models: tuple[PriceModel, ...]

    def billable(self, price_model_id: int | None) -> bool | None:
        """Whether expenses under this price model (None = the first) are billable; None where nothing says so."""
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
        """Whether nothing more goes on it."""
        return self.state == CLOSED


@dataclass(frozen=True, slots=True)
class NewExpense:
    """An expense to be made: quantity 1 at the net amount. A credit is negative. Raises ValueError for what is none."""

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
            raise ValueError(f"{self.external_key}: net {self.net} and VAT {self.vat} do not make {self.gross}")
        if not 0 < len(self.external_key) <= LONGEST_KEY or not self.title.strip():
            raise ValueError(f"{self.external_key}: a title and a key of 1 to {LONGEST_KEY} characters are needed")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that Moment keeps with an expense. Moment knows it by nothing else than these."""

    moment_id: int
    file_name: str
    content_type: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Expense:
    """An expense as it stands in Moment. What Moment does not tell is None. `invoiced_state` is an open list."""

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
        """Whether it stands on an invoice already."""
        return self.invoiced_state == INVOICED
