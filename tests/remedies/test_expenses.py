"""The remedies of expenses and their documents, carried out literally."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person
from tests.support.books import PDF, Books, document
from tests.support.world import World

CASES = Cases()


class Accountant(Person):
    """A person who has the accountant's books at hand, too."""

    books: Books

    def sees_line(self, code: str, row: Any) -> None:
        """The problem stands on the page of the posted line, which needs attention."""
        from bilag.expenses import queries

        row.refresh_from_db()
        codes = [problem.code for problem in queries.problems_of(row)]
        assert code in codes, (row.state, codes)
        assert row.needs_review or row.state == "needs_attention" or code == "document_type_unknown"
        self.seen.add(code)

    def click(self, action: str, row: Any) -> None:
        """Press a button on the line's page, where it must be shown: again, pass-over, seen."""
        address = f"/c/fjell/expenses/{row.pk}/"
        assert f"{address}{action}/" in self.browser.get(address).content.decode(), f"no button {action}"
        assert self.browser.post(f"{address}{action}/").status_code == 302
        self.world.work()

    def imported(self, row: Any) -> None:
        """The expense is in Moment, and nobody needs to look at it."""
        row.refresh_from_db()
        assert (row.state, row.needs_review) == ("done", False), row.problems
        self.ended += 1

    def left_out(self, row: Any) -> None:
        """The line is not imported, because a person said so."""
        row.refresh_from_db()
        assert (row.state, row.reason, row.problems) == ("ignored", "excluded", [])
        self.ended += 1

    def cost(self, **voucher: Any) -> tuple[dict[str, Any], int]:
        """A project, and the journal of a cost that was posted on it."""
        project = self.books.project()
        return project, self.books.post({"project": project["projectNumber"]}, **voucher)

    def change_expense(self, expense: dict[str, Any], **fields: Any) -> None:
        self.world.moment.ask("PATCH", f"/admin/projectExpenses/{expense['id']}", fields)


# The import


@CASES.of("report_unknown", "correct the name in the setup")
def _report_name(person: Accountant) -> None:
    person.configure(reports=["standard", "Prosjektkost"])
    unknown_report(person, "Prosjektkost")


@CASES.of("report_unknown", "leave the field blank")
def _standard_report(person: Accountant) -> None:
    unknown_report(person, "")


def unknown_report(person: Accountant, right: str) -> None:
    person.books.configure(report_name="Finnes ikke")
    _, journal = person.cost()
    run = person.books.bring_in()
    person.seen.add(run.problem["code"])
    person.books.configure(report_name=right)
    assert person.books.bring_in(days_back=5).problem is None
    person.imported(person.books.line(journal))
    person.books.configure(report_name="")


def not_possible(person: Accountant) -> None:
    from bilag.expenses.importer import NotPossible

    with pytest.raises(NotPossible) as refused:
        person.books.bring_in()
    person.seen.add(refused.value.problem.code)


@CASES.of("expenses_switched_off", "switch it on in the setup, select the activity")
def _switch_on(person: Accountant) -> None:
    person.books.configure(**{"import": False})
    _, journal = person.cost()
    not_possible(person)
    person.books.configure(**{"import": True, "activity": "Utlegg"})
    person.books.bring_in()
    person.imported(person.books.line(journal))


@CASES.of("expenses_not_live", "check the connection, switch on the integration")
def _go_live(person: Accountant) -> None:
    from bilag.companies import lifecycle

    lifecycle.set_not_live(person.world.company_id)
    _, journal = person.cost()
    not_possible(person)
    person.command("company", "check", "fjell")
    lifecycle.set_live(person.world.company_id, None)
    person.books.bring_in()
    person.imported(person.books.line(journal))


@CASES.of("expenses_not_supported", "switch off import of expenses in the setup")
def _not_supported(person: Accountant) -> None:
    from bilag.platforms.azets.platform import AzetsPlatform
    from bilag.platforms.base import Capabilities

    with patch.object(AzetsPlatform, "capabilities", Capabilities()):
        not_possible(person)
        person.books.configure(**{"import": False})
        number = person.invoice()
        person.wait()
        person.done(number)
    person.books.configure(**{"import": True})


@CASES.of("import_interrupted", "do nothing: the next import continues")
def _interrupted(person: Accountant) -> None:
    from bilag.expenses import queries
    from bilag.moment.expenses import ProjectExpenses

    class Killed(BaseException):
        """The process dies."""

    _, journal = person.cost()
    with patch.object(ProjectExpenses, "create", side_effect=Killed), pytest.raises(Killed):
        person.books.bring_in()
    pass_doubt()
    person.books.bring_in()
    problems = [run.problem for run in queries.imports(person.world.company_id)[:2]]
    person.seen |= {problem["code"] for problem in problems if problem}
    person.imported(person.books.line(journal))


def pass_doubt() -> None:
    """Let the minute be over after which a lost answer cannot arrive any more."""
    from django.db.models import F

    from bilag.expenses.models import ExpenseLine

    ExpenseLine.objects.filter(sent_at__isnull=False).update(sent_at=F("sent_at") - timedelta(seconds=61))


# A line


def refused_by_moment(
    code: str, operation: str, right: Callable[[Accountant, Any], None]
) -> Callable[[Accountant], None]:
    def steps(person: Accountant) -> None:
        project, journal = person.cost()
        answer = {"status": 422, "message": "Prosjektet er lukket"}
        person.world.moment.fault(kind="answer", operation=operation, status=422, json=answer)
        person.books.bring_in()
        row = person.books.line(journal)
        person.sees_line(code, row)
        right(person, project)
        person.click("again", row)
        person.imported(row)

    return steps


def open_project(person: Accountant, project: Any) -> None:
    person.change("project", project["id"], projectState="inProgress")


def make_activity(person: Accountant, project: Any) -> None:
    body = {"name": "Utlegg", "projectId": project["id"]}
    person.world.moment.ask("POST", "/admin/projectExtensions", body)


CASES.add(
    "expense_refused",
    "correct what the message describes, retry",
    refused_by_moment("expense_refused", "createProjectExpense", open_project),
)
CASES.add(
    "activity_refused",
    "create the activity in Moment, retry",
    refused_by_moment("activity_refused", "createProjectExtension", make_activity),
)


def closed_activity(person: Accountant) -> tuple[Any, Any]:
    """A project whose activity is closed, and the line that met it; gives the activity and the line."""
    project, journal = person.cost()
    body = {"name": "Utlegg", "projectId": project["id"], "projectExtensionState": "closed"}
    activity = person.world.moment.ask("POST", "/admin/projectExtensions", body)
    person.books.bring_in()
    row = person.books.line(journal)
    person.sees_line("activity_closed", row)
    return activity, row


@CASES.of("activity_closed", "open it in Moment, retry")
def _open_activity(person: Accountant) -> None:
    activity, row = closed_activity(person)
    path = f"/admin/projectExtensions/{activity['id']}"
    person.world.moment.ask("PATCH", path, {"projectExtensionState": "inProgress"})
    person.click("again", row)
    person.imported(row)


@CASES.of("activity_closed", "enter another in the setup, retry")
def _other_activity(person: Accountant) -> None:
    _, row = closed_activity(person)
    person.books.configure(activity="Andre utlegg")
    person.click("again", row)
    person.imported(row)
    person.books.configure(activity="Utlegg")


@CASES.of("expense_line_unreadable", "register it manually, do not import")
def _unreadable(person: Accountant) -> None:
    from bilag.expenses import queries

    person.cost()
    page = {"rows": [{"journalNumber": "seven"}], "nextCursor": None}
    person.world.hub.fault(kind="patch", operation="getReport", json=page)
    person.books.bring_in(days_back=5)
    row = next(one for one in queries.lines(person.world.company_id, "needs_attention"))
    person.sees_line("expense_line_unreadable", row)
    person.world.hub.ask("DELETE", "/admin/faults")
    person.click("pass-over", row)
    person.left_out(row)


# What was invoiced, and what is there twice


@CASES.of("expense_reversed_after_invoicing", "invoice the negative expense, or not billable; mark as resolved")
def _reversed(person: Accountant) -> None:
    project, journal = person.cost()
    person.books.bring_in()
    (made,) = person.books.expenses(project)
    person.change_expense(made, invoicedState="invoiced")
    back = person.books.reverse(journal)
    person.books.bring_in()
    row = person.books.line(back)
    person.sees_line("expense_reversed_after_invoicing", row)
    negative = next(one for one in person.books.expenses(project) if one["id"] != made["id"])
    person.change_expense(negative, billable=False)
    person.click("seen", row)
    person.imported(row)


@CASES.of("expense_repeated_after_invoicing", "settle both in Moment; mark as resolved")
def _repeated(person: Accountant) -> None:
    project, journal = person.cost()
    person.books.bring_in()
    (made,) = person.books.expenses(project)
    back = person.books.reverse(journal)
    person.books.bring_in()
    person.change_expense(made, invoicedState="invoiced")
    again = person.books.reverse(back)
    person.books.bring_in()
    row = person.books.line(again)
    person.sees_line("expense_repeated_after_invoicing", row)
    for one in person.books.expenses(project):
        if one["id"] != made["id"]:
            person.change_expense(one, billable=False)
    person.click("seen", row)
    person.imported(row)


@CASES.of("expense_doubled", "keep one in Moment, delete the other; mark as resolved")
def _doubled(person: Accountant) -> None:
    from bilag.expenses import importer
    from bilag.moment.expenses import ProjectExpenses

    project, journal = person.cost()
    create, pending = ProjectExpenses.create, [True]

    def slow(self: Any, new: Any) -> int:
        if pending:  # this process sleeps, and another import takes its place
            pending.clear()
            pass_doubt()
            person.books.bring_in()
        return create(self, new)

    with patch.object(ProjectExpenses, "create", slow), patch.object(importer, "held", lambda *_: nullcontext()):
        person.books.bring_in()
    row = person.books.line(journal)
    person.sees_line("expense_doubled", row)
    kept, doubled = sorted(one["id"] for one in person.books.expenses(project))
    assert row.moment_id == kept
    person.world.moment.ask("DELETE", f"/admin/projectExpenses/{doubled}")
    person.click("seen", row)
    person.imported(row)


def gone_document(person: Accountant, code: str, content: bytes | None) -> Any:
    """An expense without its document: `content` is what accounting gives, None if it has no document any more."""
    from django.db.models import F

    from bilag.expenses.models import ExpenseLine

    given = document(content=content if content is not None else PDF)
    _, journal = person.cost(documents=[given])
    if content is None:
        answer = {"code": "document_unknown", "message": "No.", "details": []}
        person.world.hub.fault(kind="answer", operation="getDocument", status=404, json=answer, times=2)
        person.books.bring_in()
        ExpenseLine.objects.filter(documents_due=True).update(done_at=F("done_at") - timedelta(days=31))
    person.books.bring_in()
    row = person.books.line(journal)
    person.sees_line(code, row)
    return row


def attached_manually(code: str, content: bytes | None) -> Callable[[Accountant], None]:
    def steps(person: Accountant) -> None:
        with patch("bilag.expenses.documents.MAX_BYTES", 1024 * 1024):
            row = gone_document(person, code, content)
        if row.needs_review:  # the document is attached in Moment, which Bilag need not see
            person.click("seen", row)
        person.imported(row)

    return steps


for _code, _content in (
    ("document_unknown", None),
    ("document_empty", b""),
    ("document_too_large", PDF + b"\0" * (2 * 1024 * 1024)),
    ("document_type_unknown", b"<Invoice/>"),
):
    CASES.add(_code, "attach it in Moment; mark as resolved", attached_manually(_code, _content))


@CASES.of("expense_document_refused", "attach it in Moment; mark as resolved")
def _document_refused(person: Accountant) -> None:
    _, journal = person.cost(documents=[document()])
    answer = {"status": 422, "message": "Ikke tillatt"}
    person.world.moment.fault(kind="answer", operation=ATTACH, status=422, json=answer)
    person.books.bring_in()
    row = person.books.line(journal)
    person.sees_line("expense_document_refused", row)
    person.click("seen", row)
    person.imported(row)


ATTACH = "addProjectExpenseAttachment"


@CASES.of("expense_gone", "register it manually; mark as resolved")
def _expense_gone(person: Accountant) -> None:
    project, journal = person.cost()
    person.books.bring_in()
    (made,) = person.books.expenses(project)
    person.world.moment.ask("DELETE", f"/admin/projectExpenses/{made['id']}")
    person.accounting("POST", f"journals/{journal}/documents", {"documents": [document()]})
    person.books.bring_in(days_back=5)
    row = person.books.line(journal)
    person.sees_line("expense_gone", row)
    person.click("seen", row)
    person.imported(row)


@pytest.fixture(scope="module")
def module_books(module_world: World) -> Books:
    found = Books(module_world)
    found.configure()
    return found


@pytest.fixture
def accountant(person: Person, module_books: Books) -> Any:
    """The person with the books; no fault of one case meets the next."""
    made = Accountant(person.world, person.browser)
    made.books = module_books
    yield made
    for side in (person.world.hub, person.world.moment):
        side.ask("DELETE", "/admin/faults")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, accountant: Accountant) -> None:
    case.carry_out(accountant)
