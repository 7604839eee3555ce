"""Activities, project expenses and their documents in Moment: read, made, found again after a lost answer.

Moment refuses nothing for being there already: who makes something looks first, and serialises (contracts/moment.md).
"""

from collections.abc import Mapping
from typing import Any, BinaryIO, NoReturn, TypeVar

from bilag.moment.expense import Activity, Expense, ExpenseProject, KeptDocument, NewExpense, PriceModel
from bilag.moment.lists import a_page, known_list
from bilag.moment.mapping import clean
from bilag.moment.session import MomentTalk, NoSuchThing, NotMoment
from bilag.moment.wire import (
    ActivityWire,
    AttachmentWire,
    ExpenseProjectWire,
    ExpenseWire,
    MadeExpenseWire,
    MomentObject,
    parsed,
)
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused, Unavailable
from bilag.wire.http import UploadedFile

Wire = TypeVar("Wire", bound=MomentObject)
OPEN = "inProgress"


class ProjectExpenses:
    """Expenses of one company in Moment. Safe for several threads; raises the edge's three errors, nothing else."""

    def __init__(self, talk: MomentTalk) -> None:
        self._talk = talk

    def project(self, moment_id: int) -> ExpenseProject | None:
        """What an expense needs to know of its project, or None where there is none with this id."""
        wire = self._one(f"projects/{moment_id}", ExpenseProjectWire, f"project id {moment_id}")
        if wire is None:
            return None
        models = tuple(PriceModel(model.id, model.expenses_billable) for model in wire.price_models or ())
        return ExpenseProject(wire.id, clean(wire.project_number) or "", clean(wire.name) or "", models)

    def activities(self, project_id: int) -> list[Activity]:
        """The activities of a project, the oldest first; the list's filter is not trusted."""
        rows = known_list(self._talk, "projectExtensions", {"projectId": str(project_id)})
        about = f"project id {project_id}"
        found = [parsed(ActivityWire, row, about) for row in rows if row.get("projectId") == project_id]
        return sorted(map(_activity, found), key=lambda activity: activity.moment_id)

    def create_activity(self, project_id: int, name: str) -> Activity:
        """A new activity, open, with the project's first price model. Not to be repeated after a lost answer: look first.

        Raises `Refused` with `activity_refused` when Moment does not take it.
        """
        about = f"activity {name}"
        body = {"projectId": project_id, "name": name, "projectExtensionState": OPEN, "priceModelId": None}
        try:
            answer = self._post("projectExtensions", body)
        except Refused as error:
            _say(error, "activity_refused", about, {"activity": name})
        return _activity(_made(ActivityWire, answer, about))

    def find(self, external_key: str) -> Expense | None:
        """The expense with exactly this key, the oldest of several; the list's filter is not trusted."""
        rows = known_list(self._talk, "projectExpenses", {"externalKey": external_key})
        about = f"expense {external_key}"
        found = [parsed(ExpenseWire, row, about) for row in rows if row.get("externalKey") == external_key]
        return min(map(_expense, found), key=lambda expense: expense.moment_id, default=None)

    def create(self, new: NewExpense) -> int:
        """Make an expense and give its id. After `Unavailable` without a known outcome it is to be looked for by its key.

        Raises `Refused` with `expense_refused` when Moment does not take it.
        """
        about = f"expense {new.external_key}"
        try:
            answer = self._post("projectExpenses", _body(new))
        except Refused as error:
            _say(error, "expense_refused", about, {})
        made = _made(MadeExpenseWire, answer, about)
        if made.external_key != new.external_key:
            facts = {"field": "externalKey", "why": "it is of another expense"}
            raise Unavailable(Problem("moment_malformed", about, facts), outcome_known=False)
        return made.id

    def read(self, moment_id: int) -> Expense | None:
        """The expense as it stands in Moment, with its documents; None where it is gone."""
        wire = self._one(f"projectExpenses/{moment_id}", ExpenseWire, f"expense id {moment_id}")
        return _expense(wire) if wire else None

    def documents(self, moment_id: int) -> tuple[KeptDocument, ...]:
        """The documents of an expense. Raises `Refused` with `expense_gone` where the expense is."""
        expense = self.read(moment_id)
        if expense is None:
            raise _gone(moment_id)
        return expense.documents

    def attach(self, moment_id: int, name: str, content: BinaryIO, content_type: str) -> KeptDocument:
        """Upload a document to an expense, read from its beginning, a piece at a time.

        Not to be repeated after a lost answer: look among `documents` first, by name and size. Raises `Refused` with
        `document_too_large`, `expense_document_refused` or `expense_gone`.
        """
        about, facts = f"expense id {moment_id}", {"file": name, "value": name, "expense": str(moment_id)}
        try:
            answer = self._talk.upload(
                f"projectExpenses/{moment_id}/attachments", UploadedFile(name, content, content_type)
            )
        except NotMoment as error:
            raise a_page() from error
        except NoSuchThing as error:
            raise _gone(moment_id) from error
        except Refused as error:
            too_large = error.problems[0].facts.get("status") == "413"
            _say(error, "document_too_large" if too_large else "expense_document_refused", about, facts)
        return _document(_made(AttachmentWire, answer, about))

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of an answer. 404 is Moment's word on something that the body names: a refusal like 422."""
        try:
            return self._talk.post(path, body)
        except NotMoment as error:
            raise a_page() from error
        except NoSuchThing as error:
            raise Refused([Problem("moment_refused", "", {"status": "404"}, str(error))]) from error

    def _one(self, path: str, kind: type[Wire], about: str) -> Wire | None:
        try:
            value = self._talk.get(path)
        except NotMoment as error:
            raise a_page() from error
        except NoSuchThing:
            return None
        return parsed(kind, value, about)


def _body(new: NewExpense) -> dict[str, Any]:
    """As Moment takes it: one piece at the net amount, negative for a credit (contracts/decisions.md)."""
    return {
        "projectId": new.project_id,
        "projectExtensionId": new.activity_id,
        "title": new.title,
        "description": new.description,
        "date": new.date.isoformat(),
        "quantity": 1,
        "unitPrice": new.net,
        "currency": new.currency,
        "netAmount": new.net,
        "vatAmount": new.vat,
        "grossAmount": new.gross,
        "accountNumber": new.account,
        "supplierName": new.supplier_name,
        "supplierInvoiceNumber": new.supplier_invoice_number,
        "billable": new.billable,
        "expenseType": "actual",
        "invoicedState": new.invoiced_state,
        "externalKey": new.external_key,
    }


def _made(kind: type[Wire], value: Any, about: str) -> Wire:
    """What Moment says that it made. An answer that cannot be read leaves open whether it did."""
    try:
        return parsed(kind, value, about)
    except Refused as error:
        raise Unavailable(error.problems[0], outcome_known=False) from error


def _say(error: Refused, code: str, about: str, facts: Mapping[str, str]) -> NoReturn:
    """The refusal, told of what was to be made."""
    first = error.problems[0]
    raise Refused([Problem(code, about, {**facts, "status": first.facts.get("status", "")}, first.said)]) from error


def _gone(moment_id: int) -> Refused:
    return Refused([Problem("expense_gone", f"expense id {moment_id}", {"expense": str(moment_id)})])


def _activity(wire: ActivityWire) -> Activity:
    return Activity(wire.id, wire.project_id, wire.name.strip(), wire.project_extension_state, wire.price_model_id)


def _document(wire: AttachmentWire) -> KeptDocument:
    return KeptDocument(wire.id, wire.file_name, wire.content_type or "", wire.size)


def _expense(wire: ExpenseWire) -> Expense:
    return Expense(
        moment_id=wire.id,
        project_id=wire.project_id,
        activity_id=wire.project_extension_id,
        external_key=clean(wire.external_key),
        title=clean(wire.title) or "",
        date=wire.date,
        currency=wire.currency,
        net=wire.net_amount,
        vat=wire.vat_amount,
        gross=wire.gross_amount,
        billable=wire.billable,
        invoiced_state=wire.invoiced_state,
        documents=tuple(map(_document, wire.attachments or ())),
    )
