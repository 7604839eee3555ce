"""Activities and project expenses of Moment: what comes back from accounting is written here.

Nothing is refused by Moment for being there already (contracts/moment.md): whoever calls looks first, and one at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bilag.moment.mapping import clean
from bilag.moment.talk import MomentTalk, NoSuchThing, NotMoment
from bilag.moment.wire import Amount, MomentObject, Text, parsed
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused, Unavailable
from bilag.wire.http import UploadedFile

if TYPE_CHECKING:
    from bilag.moment.client import MomentClient

CLOSED = "closed"
"""The one state of an activity that is known to take nothing more; the list of states is open."""


@dataclass(frozen=True, slots=True)
class ExpenseProject:
    """A project, and what its price models say of expenses: {id: billable, None = says nothing}, the default first."""

    moment_id: int
    number: str
    price_models: Mapping[int, bool | None] = field(default_factory=dict)

    def billable_by_model(self, price_model_id: int | None) -> bool | None:
        """What the activity's price model says; the project's first where the activity names none."""
        if price_model_id is not None and price_model_id in self.price_models:
            return self.price_models[price_model_id]
        return next(iter(self.price_models.values()), None)


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of a project."""

    moment_id: int
    name: str
    closed: bool
    price_model_id: int | None = None


@dataclass(frozen=True, slots=True)
class Expense:
    """An expense to be made. Amounts are signed and in `currency`; the unit price is the net amount of one."""

    project_id: int
    activity_id: int
    title: str
    description: str
    day: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    currency: str
    billable: bool
    invoiced_state: str
    key: str
    account: str | None = None
    supplier_name: str | None = None
    supplier_invoice_number: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """A document of an expense."""

    moment_id: int
    file_name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class MadeExpense:
    """An expense that Moment has."""

    moment_id: int
    project_id: int
    invoiced_state: str
    attachments: tuple[Attached, ...] = ()


class _PriceModelWire(MomentObject):
    id: int
    expenses_billable: bool | None = None


class _ProjectWire(MomentObject):
    id: int
    project_number: Text
    price_models: list[_PriceModelWire] = []


class _ActivityWire(MomentObject):
    id: int
    name: str
    project_id: int
    project_extension_state: str = ""
    price_model_id: int | None = None


class _AttachmentWire(MomentObject):
    id: int
    file_name: str = ""
    size: int | None = None


class _ExpenseWire(MomentObject):
    id: int
    project_id: int
    external_key: Text | None = None
    invoiced_state: str = ""
    net_amount: Amount | None = None
    attachments: list[_AttachmentWire] = []


class MomentExpenses:
    """Expenses in one company's Moment. Every method raises the edge's errors."""

    def __init__(self, talk: MomentTalk, client: "MomentClient") -> None:
        self._talk, self._client = talk, client

    def project(self, number: str) -> ExpenseProject | None:
        """The project with exactly this number; None when Moment has none."""
        found = self._client.project_id(number)
        value = self._one(f"projects/{found}") if found is not None else None
        if value is None:
            return None
        wire = parsed(_ProjectWire, value, f"project {number}")
        return ExpenseProject(
            wire.id, wire.project_number, {one.id: one.expenses_billable for one in wire.price_models}
        )

    def activities(self, project_id: int) -> list[Activity]:
        """The activities of a project; the list's filter is not trusted."""
        rows = [
            parsed(_ActivityWire, row, "activities")
            for row in self._list("projectExtensions", {"projectId": str(project_id)})
        ]
        return [_activity(row) for row in rows if row.project_id == project_id]

    def create_activity(self, project_id: int, name: str) -> Activity:
        """A new activity on the project's first price model."""
        body = {"projectId": project_id, "name": name, "projectExtensionState": "inProgress", "priceModelId": None}
        return _activity(parsed(_ActivityWire, self._posted("projectExtensions", body, f"activity {name}"), "activity"))

    def by_key(self, key: str) -> MadeExpense | None:
        """The expense with exactly this external key, the first where there are two; None when there is none."""
        found = [
            parsed(_ExpenseWire, row, "expenses")
            for row in self._list("projectExpenses", {"externalKey": key})
            if str(row.get("externalKey")) == key
        ]
        return _made(min(found, key=lambda one: one.id)) if found else None

    def read(self, moment_id: int) -> MadeExpense | None:
        """The expense; None when Moment has it no more."""
        value = self._one(f"projectExpenses/{moment_id}")
        return _made(parsed(_ExpenseWire, value, f"expense id {moment_id}")) if value is not None else None

    def create(self, expense: Expense) -> MadeExpense:
        """Make it. Moment takes the same key twice: whoever calls has looked it up."""
        body = {
            "projectId": expense.project_id,
            "projectExtensionId": expense.activity_id,
            "title": expense.title,
            "description": expense.description,
            "date": expense.day.isoformat(),
            "quantity": 1,
            "unitPrice": expense.net,
            "currency": expense.currency,
            "netAmount": expense.net,
            "vatAmount": expense.vat,
            "grossAmount": expense.gross,
            "accountNumber": expense.account,
            "supplierName": expense.supplier_name,
            "supplierInvoiceNumber": expense.supplier_invoice_number,
            "billable": expense.billable,
            "expenseType": "actual",
            "invoicedState": expense.invoiced_state,
            "externalKey": expense.key,
        }
        about = f"expense {expense.key}"
        return _made(parsed(_ExpenseWire, self._posted("projectExpenses", body, about), about))

    def attach(self, moment_id: int, file: UploadedFile) -> Attached:
        """Upload a document. It is not known to be idempotent: whoever calls has looked at what is there."""
        about = f"document {file.name}"
        path = f"projectExpenses/{moment_id}/attachments"
        try:
            value = self._talk.upload(path, file)
        except NotMoment as error:
            raise _a_page(about) from error
        except NoSuchThing as error:
            raise Refused([Problem("expense_gone", f"expense id {moment_id}")]) from error
        return _attached(parsed(_AttachmentWire, value, about))

    def _posted(self, what: str, body: Mapping[str, Any], about: str) -> Any:
        try:
            return self._talk.post(what, body)
        except NotMoment as error:
            raise _a_page(about) from error
        except NoSuchThing as error:
            raise Refused([Problem("moment_refused", about, {"status": "404"}, str(error))]) from error

    def _one(self, path: str) -> Any:
        try:
            return self._talk.get(path)
        except NotMoment as error:
            raise _a_page("") from error
        except NoSuchThing:
            return None

    def _list(self, what: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        return self._client.known_list(what, params)


def _activity(wire: _ActivityWire) -> Activity:
    closed = wire.project_extension_state == CLOSED
    return Activity(wire.id, clean(wire.name) or "", closed, wire.price_model_id)


def _made(wire: _ExpenseWire) -> MadeExpense:
    attachments = tuple(_attached(one) for one in wire.attachments)
    return MadeExpense(wire.id, wire.project_id, wire.invoiced_state, attachments)


def _attached(wire: _AttachmentWire) -> Attached:
    return Attached(wire.id, wire.file_name, wire.size)


def _a_page(about: str) -> Unavailable:
    return Unavailable(Problem("moment_unavailable", about, {"cause": "HTTP 404 with a page"}), outcome_known=True)
