"""Read and create activities, project expenses and their documents in Moment.

Moment does not reject duplicates. The caller looks first and serialises its writes (contracts/moment.md).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, BinaryIO, NoReturn, TypeVar

from bilag.moment.expense import Activity, Expense, ExpenseProject, NewExpense, PriceModel, StoredDocument
from bilag.moment.lists import read_list, unexpected_page
from bilag.moment.mapping import clean
from bilag.moment.session import HtmlNotFound, MomentSession, NotFound
from bilag.moment.wire import (
    ActivityWire,
    AttachmentWire,
    CreatedExpenseWire,
    ExpenseProjectWire,
    ExpenseWire,
    MomentObject,
    parse,
)
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused, Unavailable
from bilag.wire.http import UploadedFile

Wire = TypeVar("Wire", bound=MomentObject)
OPEN = "inProgress"


class ProjectExpenses:
    """A company's expenses in Moment. Thread-safe; raises the three errors of `bilag.wire.errors`, nothing else."""

    def __init__(self, session: MomentSession) -> None:
        self._session = session

    def project(self, moment_id: int) -> ExpenseProject | None:
        """Fetch a project as an expense needs it; None if there is none with this id."""
        wire = self._fetch(f"projects/{moment_id}", ExpenseProjectWire, f"project id {moment_id}")
        if wire is None:
            return None
        models = tuple(PriceModel(model.id, model.expenses_billable) for model in wire.price_models or ())
        return ExpenseProject(wire.id, clean(wire.project_number) or "", clean(wire.name) or "", models)

    def activities(self, project_id: int) -> list[Activity]:
        """List the activities of a project, oldest first. The list's filter is not trusted."""
        rows = read_list(self._session, "projectExtensions", {"projectId": str(project_id)})
        about = f"project id {project_id}"
        found = [parse(ActivityWire, row, about) for row in rows if row.get("projectId") == project_id]
        return sorted(map(_activity, found), key=lambda activity: activity.moment_id)

    def create_activity(self, project_id: int, name: str) -> Activity:
        """Create an open activity with the project's first price model.

        Not idempotent: after a lost answer, look first. Raises `Refused` with `activity_refused` if Moment rejects it.
        """
        about = f"activity {name}"
        body = {"projectId": project_id, "name": name, "projectExtensionState": OPEN, "priceModelId": None}
        try:
            answer = self._post("projectExtensions", body)
        except Refused as error:
            _raise_refusal(error, "activity_refused", about, {"activity": name})
        return _activity(_parse_created(ActivityWire, answer, about))

    def find(self, external_key: str) -> tuple[Expense, ...]:
        """Find all expenses with exactly this key, the oldest first: Moment accepts several. The list's filter is not trusted."""
        rows = read_list(self._session, "projectExpenses", {"externalKey": external_key})
        about = f"expense {external_key}"
        wires = [parse(ExpenseWire, row, about) for row in rows if row.get("externalKey") == external_key]
        found = {wire.id: _expense(wire) for wire in wires}  # a row that moves between two pages is listed twice
        return tuple(found[moment_id] for moment_id in sorted(found))

    def recent(self, first: date) -> Iterator[Expense]:
        """Yield the expenses dated on or after the day, without those that cannot be read. The list's filter is not trusted."""
        params = {"lastModifiedDateFrom": (first - timedelta(days=1)).isoformat()}
        for row in read_list(self._session, "projectExpenses", params):
            try:
                expense = _expense(parse(ExpenseWire, row, "expense"))
            except Refused:
                continue
            if expense.date is not None and expense.date >= first:
                yield expense

    def create(self, new: NewExpense) -> int:
        """Create an expense and return its id.

        Not idempotent: after `Unavailable` with an unknown outcome, `find` it by its key. Raises `Refused` with
        `expense_refused` if Moment rejects it.
        """
        about = f"expense {new.external_key}"
        try:
            answer = self._post("projectExpenses", _body(new))
        except Refused as error:
            _raise_refusal(error, "expense_refused", about, {})
        created = _parse_created(CreatedExpenseWire, answer, about)
        if created.external_key != new.external_key:
            facts = {"field": "externalKey", "why": "it belongs to another expense"}
            raise Unavailable(Problem("moment_malformed", about, facts), outcome_known=False)
        return created.id

    def read(self, moment_id: int) -> Expense | None:
        """Fetch the expense with its documents; None if it is gone."""
        wire = self._fetch(f"projectExpenses/{moment_id}", ExpenseWire, f"expense id {moment_id}")
        return _expense(wire) if wire else None

    def documents(self, moment_id: int) -> tuple[StoredDocument, ...]:
        """List the documents of an expense. Raises `Refused` with `expense_gone` if the expense is gone."""
        expense = self.read(moment_id)
        if expense is None:
            raise _expense_gone(moment_id)
        return expense.documents

    def attach(self, moment_id: int, name: str, content: BinaryIO, content_type: str) -> StoredDocument:
        """Upload a document to an expense, streamed from its beginning.

        Not idempotent: after a lost answer, look among `documents` by name and size. Raises `Refused` with
        `document_too_large`, `expense_document_refused` or `expense_gone`.
        """
        about, facts = f"expense id {moment_id}", {"file": name, "value": name, "expense": str(moment_id)}
        try:
            answer = self._session.upload(
                f"projectExpenses/{moment_id}/attachments", UploadedFile(name, content, content_type)
            )
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound as error:
            raise _expense_gone(moment_id) from error
        except Refused as error:
            too_large = error.problems[0].facts.get("status") == "413"
            _raise_refusal(error, "document_too_large" if too_large else "expense_document_refused", about, facts)
        return _document(_parse_created(AttachmentWire, answer, about))

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Post and return the JSON answer. A 404 is about something the body names, so it is a refusal like 422."""
        try:
            return self._session.post(path, body)
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound as error:
            raise Refused([Problem("moment_refused", "", {"status": "404"}, str(error))]) from error

    def _fetch(self, path: str, kind: type[Wire], about: str) -> Wire | None:
        try:
            value = self._session.get(path)
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound:
            return None
        return parse(kind, value, about)


def _body(new: NewExpense) -> dict[str, Any]:
    """Build Moment's body: one piece at the net amount, negative for a credit (contracts/decisions.md)."""
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


def _parse_created(kind: type[Wire], value: Any, about: str) -> Wire:
    """Parse what Moment created. If the answer cannot be read, the outcome is unknown."""
    try:
        return parse(kind, value, about)
    except Refused as error:
        raise Unavailable(error.problems[0], outcome_known=False) from error


def _raise_refusal(error: Refused, code: str, about: str, facts: Mapping[str, str]) -> NoReturn:
    """Raise the refusal again with a code and subject that name the object to be created."""
    first = error.problems[0]
    raise Refused([Problem(code, about, {**facts, "status": first.facts.get("status", "")}, first.said)]) from error


def _expense_gone(moment_id: int) -> Refused:
    return Refused([Problem("expense_gone", f"expense id {moment_id}", {"expense": str(moment_id)})])


def _activity(wire: ActivityWire) -> Activity:
    return Activity(wire.id, wire.project_id, wire.name.strip(), wire.project_extension_state, wire.price_model_id)


def _document(wire: AttachmentWire) -> StoredDocument:
    return StoredDocument(wire.id, wire.file_name, wire.content_type or "", wire.size)


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
