"""Expenses in Moment: activities, expenses and documents, made once, found again, amounts to the digit."""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bilag.messages import render_problem
from bilag.moment.client import MomentClient
from bilag.moment.expense import Activity, ExpenseProject, NewExpense, PriceModel, StoredDocument
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag_sandbox import moment
from bilag_sandbox.common import HeldClock, running
from tests.support.moment.client import Contract, Office
from tests.support.moment.scripted_moment import NOT_FOUND, Said, ScriptedMoment, html, page
from tests.support.patience import PATIENCE

KEY = "azets:S2041:123:8741:2"
PDF = b"%PDF-1.7\n" + b"F-88 " * 4_001 + b"%%EOF"


class Wiretap:
    """Keeps what is sent, just as it was sent, and passes it on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.sent: list[tuple[str, str, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or "/admin" in scope["path"]:
            await self.app(scope, receive, send)
            return
        taken: list[bytes] = []
        self.sent.append((scope["method"], scope["path"].partition("/companies/4021")[2], b""))
        place = len(self.sent) - 1

        async def listening() -> Message:
            message = await receive()
            taken.append(message.get("body", b""))
            method, path, _ = self.sent[place]
            self.sent[place] = (method, path, b"".join(taken))
            return message

        await self.app(scope, listening, send)


@dataclass
class Firm:
    """A firm's Moment, seen by Bilag (`client`) and by the people in it (`office`)."""

    client: MomentClient
    office: Office
    wiretap: Wiretap
    project: dict[str, Any] = field(default_factory=dict)

    def fault(self, kind: str, operation: str, **more: Any) -> None:
        answer = self.office.http.post("/admin/faults", json={"kind": kind, "operation": operation, **more})
        assert answer.status_code == 201, answer.text

    def activity(self, name: str = "Utlegg") -> Activity:
        return self.client.expenses.create_activity(self.project["id"], name)

    def expense(self, **changes: Any) -> NewExpense:
        """An expense of 1 000.50 on the project, with an activity made for it."""
        activity = changes.pop("activity_id", None) or self.activity().moment_id
        new = NewExpense(
            project_id=self.project["id"],
            activity_id=activity,
            external_key=KEY,
            title="Modellmateriell",
            date=date(2026, 5, 11),
            net=Decimal("1000.50"),
            vat=Decimal("250.13"),
            gross=Decimal("1250.63"),
            currency="NOK",
            billable=True,
            description="Byggvare Øst AS, faktura F-88, bilag 20015",
            account="4300",
            supplier_name="Byggvare Øst AS",
            supplier_invoice_number="F-88",
        )
        return replace(new, **changes)

    def count(self, key: str = KEY) -> int:
        return len(self.office.rows("/projectExpenses", externalKey=key))


@pytest.fixture
def firm(contract: Contract | None) -> Iterator[Firm]:
    """A firm with a project of two price models, and another project."""
    wiretap = Wiretap(moment.app(sample="none"))
    with running(wiretap) as url:
        office = Office(url, contract, HeldClock())
        client = MomentClient(url, moment.COMPANY_ID, moment.API_KEY, read_timeout=PATIENCE)
        customer = office.do("POST", "/customers", {"name": "Nordlys Arkitekter AS"})["customerNumber"]
        models = [{"id": 62, "name": "Fastpris", "expensesBillable": False}, {"id": 61, "name": "Timepris"}]
        named = {"name": "Nytt hovedkontor", "customer": customer, "priceModels": models}
        project = office.do("POST", "/projects", named)
        office.do("POST", "/projects", {"name": "Ombygging", "customer": customer})
        yield Firm(client, office, wiretap, project)
        client.close()
        office.http.close()


@pytest.fixture(scope="session")
def contract(request: pytest.FixtureRequest) -> Contract | None:
    """The published contract, or None where it is not here."""
    from tests.support.paths import SHARED

    return Contract(request.getfixturevalue("moment_contract")) if SHARED.is_dir() else None


class TestActivities:
    """The activity that imported expenses go on."""

    def test_made_activity_is_open_under_the_first_price_model_and_found_in_its_project(self, firm: Firm) -> None:
        before = firm.client.expenses.activities(firm.project["id"])
        made = firm.activity("Utlegg øre")
        first_model = firm.project["priceModels"][0]["id"]
        assert made == Activity(made.moment_id, firm.project["id"], "Utlegg øre", "inProgress", first_model)
        assert not made.closed
        assert firm.client.expenses.activities(firm.project["id"]) == [*before, made]

    def test_activities_of_other_projects_are_not_given(self, firm: Firm) -> None:
        made = firm.activity()
        others = [row["id"] for row in firm.office.rows("/projects") if row["id"] != firm.project["id"]]
        assert made not in firm.client.expenses.activities(others[0])
        assert firm.client.expenses.activities(10**9) == []

    def test_closed_activity_is_known_as_closed(self, firm: Firm) -> None:
        made = firm.activity()
        firm.office.do("PATCH", f"/projectExtensions/{made.moment_id}", {"projectExtensionState": "closed"})
        assert firm.client.expenses.activities(firm.project["id"])[-1].closed

    def test_activity_that_moment_refuses_says_what_to_do(self, firm: Firm) -> None:
        with pytest.raises(Refused) as caught:
            firm.client.expenses.create_activity(10**9, "Utlegg")
        (problem,) = caught.value.problems
        assert (problem.code, problem.subject) == ("activity_refused", "activity Utlegg")
        assert render_problem(problem, "en").message == (
            "Moment did not allow Bilag to create the activity Utlegg (HTTP 422). "
            'Message from Moment: "Validation failed; projectId: Unknown project"'
        )
        assert render_problem(problem, "nb").remedy.startswith(
            "Opprett aktiviteten på prosjektet i Moment, og prøv igjen"
        )

    def test_activity_whose_answer_was_lost_is_there_to_be_found(self, firm: Firm) -> None:
        firm.fault("lost_answer", "createProjectExtension")
        with pytest.raises(Unavailable) as caught:
            firm.activity("Utlegg 2")
        assert not caught.value.outcome_known
        assert [one.name for one in firm.client.expenses.activities(firm.project["id"])].count("Utlegg 2") == 1

    def test_list_whose_filter_does_nothing_is_filtered_here(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        rows = [
            {"id": 9, "projectId": 2, "name": "Utlegg", "projectExtensionState": "inProgress"},
            {"id": 8, "projectId": 1, "name": " Reise ", "projectExtensionState": "somethingNew", "priceModelId": None},
        ]
        server.on("GET", "projectExtensions", page(*rows))
        assert client.expenses.activities(1) == [Activity(8, 1, "Reise", "somethingNew", None)]
        assert server.asked[0].query["projectId"] == "1"


class TestProjects:
    """What decides whether an expense is billable where accounting does not say it."""

    def test_price_models_of_a_project_come_in_their_order(self, firm: Firm) -> None:
        project = firm.client.expenses.project(firm.project["id"])
        assert project is not None
        assert (project.number, project.name) == (firm.project["projectNumber"], firm.project["name"])
        assert project.price_models == (PriceModel(62, False), PriceModel(61, None))

    def test_activitys_price_model_decides_else_the_first(self) -> None:
        project = ExpenseProject(1, "1207", "", (PriceModel(61, True), PriceModel(62, False), PriceModel(63, None)))
        assert [project.billable(model) for model in (61, 62, 63, None, 99)] == [True, False, None, True, True]
        assert ExpenseProject(1, "1207", "", ()).billable(61) is None

    def test_project_that_is_gone_is_none(self, firm: Firm) -> None:
        assert firm.client.expenses.project(10**9) is None


class TestMakingExpenses:
    """An expense goes to Moment once."""

    def test_expense_arrives_to_the_digit_with_all_that_it_carries(self, firm: Firm) -> None:
        new = firm.expense()
        seen = firm.office.get(f"/projectExpenses/{firm.client.expenses.create(new)}")
        assert {name: seen[name] for name in ("netAmount", "vatAmount", "grossAmount", "unitPrice", "quantity")} == {
            "netAmount": Decimal("1000.50"),
            "vatAmount": Decimal("250.13"),
            "grossAmount": Decimal("1250.63"),
            "unitPrice": Decimal("1000.50"),
            "quantity": 1,
        }
        texts = ("title", "description", "date", "currency", "accountNumber", "supplierName", "supplierInvoiceNumber")
        assert [seen[name] for name in texts] == [
            "Modellmateriell", "Byggvare Øst AS, faktura F-88, bilag 20015", "2026-05-11", "NOK", "4300",
            "Byggvare Øst AS", "F-88",
        ]  # fmt: skip
        assert (seen["projectId"], seen["projectExtensionId"]) == (new.project_id, new.activity_id)
        assert (seen["billable"], seen["expenseType"], seen["externalKey"]) == (True, "actual", KEY)
        assert seen["invoicedState"] == "notApprovedForInvoicing"

    def test_what_is_sent_is_the_contracts_and_amounts_keep_their_digits(
        self, firm: Firm, contract: Contract | None
    ) -> None:
        if contract is None:
            pytest.skip("../shared is not here")
        new = firm.expense()
        expense = firm.client.expenses.create(new)
        firm.client.expenses.create(replace(new, external_key="k2", description=None, account=None, supplier_name=None))
        firm.client.expenses.attach(expense, "F-88.pdf", io.BytesIO(PDF), "application/pdf")
        for method, path, body in firm.wiretap.sent:
            if path.endswith("/attachments"):
                assert b'name="file"; filename="F-88.pdf"\r\nContent-Type: application/pdf' in body
                continue
            described = contract.document["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
            contract.validate(described["schema"], json.loads(body))
        (first, *_) = [body for _, path, body in firm.wiretap.sent if path == "/projectExpenses"]
        assert b'"netAmount": 1000.50, "vatAmount": 250.13, "grossAmount": 1250.63' in first

    def test_credit_is_one_piece_at_a_negative_price(self, firm: Firm) -> None:
        credit = firm.expense(net=Decimal("-456.00"), vat=Decimal("-114.00"), gross=Decimal("-570.00"), billable=False)
        seen = firm.office.get(f"/projectExpenses/{firm.client.expenses.create(credit)}")
        assert (seen["quantity"], seen["unitPrice"], seen["grossAmount"]) == (1, Decimal("-456"), Decimal("-570"))
        assert seen["billable"] is False

    def test_amounts_beyond_a_float_keep_their_digits(self, firm: Firm) -> None:
        huge = Decimal("90071992547409.93")
        new = firm.expense(net=huge, vat=Decimal("0.00"), gross=huge)
        read = firm.client.expenses.read(firm.client.expenses.create(new))
        assert read is not None
        assert read.net == huge

    @pytest.mark.parametrize(
        "changes", [{"gross": Decimal("1250.64")}, {"external_key": ""}, {"external_key": "x" * 101}, {"title": " "}]
    )
    def test_expense_that_is_none_cannot_be_made(self, changes: dict[str, Any]) -> None:
        good = NewExpense(1, 2, KEY, "t", date(2026, 5, 11), Decimal(1), Decimal(0), Decimal(1), "NOK", True)
        with pytest.raises(ValueError):
            replace(good, **changes)

    def test_expense_that_moment_refuses_is_told_in_moments_own_words(self, firm: Firm) -> None:
        with pytest.raises(Refused) as caught:
            firm.client.expenses.create(firm.expense(activity_id=10**9))
        (problem,) = caught.value.problems
        assert (problem.code, problem.subject) == ("expense_refused", f"expense {KEY}")
        assert render_problem(problem, "nb").message == (
            "Moment avviste utlegget (HTTP 422). "
            "Melding fra Moment: «Validation failed; projectExtensionId: Unknown projectExtension»"
        )
        assert "that the project accepts expenses" in render_problem(problem, "en").remedy
        assert firm.count() == 0

    @pytest.mark.parametrize("kind", ["lost_answer", "cut_off", "broken_off"])
    def test_expense_whose_answer_was_lost_is_found_by_its_key(self, firm: Firm, kind: str) -> None:
        new = firm.expense()
        firm.fault(kind, "createProjectExpense")
        with pytest.raises(Unavailable) as caught:
            firm.client.expenses.create(new)
        assert not caught.value.outcome_known
        [found] = firm.client.expenses.find(KEY)
        assert found.gross == new.gross
        assert firm.count() == 1

    @pytest.mark.parametrize("kind", ["bad_gateway", "gateway_timeout", "internal_error", "closed_before"])
    def test_nobody_knows_what_became_of_an_expense_until_it_is_looked_for(self, firm: Firm, kind: str) -> None:
        new = firm.expense()
        firm.fault(kind, "createProjectExpense")
        with pytest.raises(Unavailable) as caught:
            firm.client.expenses.create(new)
        assert not caught.value.outcome_known
        assert firm.client.expenses.find(KEY) == ()

    def test_busy_moment_surely_took_nothing(self, firm: Firm) -> None:
        new = firm.expense()
        firm.fault("rate_limited", "createProjectExpense", retryAfter=7)
        with pytest.raises(Unavailable) as caught:
            firm.client.expenses.create(new)
        assert (caught.value.outcome_known, caught.value.retry_after) == (True, 7)

    @pytest.mark.parametrize(
        "answer", [Said(201, {}), Said(201, []), Said(201, {"id": "x", "externalKey": KEY}), html(200),
                   Said(201, {"id": 0, "externalKey": KEY}), Said(201, {"id": 70331, "externalKey": "another"}),
                   Said(201, {"id": 70331}), Said(302, text="", headers={"Location": "/login"})],
    )  # fmt: skip
    def test_answer_that_proves_nothing_leaves_the_outcome_open(
        self, server: ScriptedMoment, client: MomentClient, answer: Said
    ) -> None:
        server.on("POST", "projectExpenses", answer)
        new = NewExpense(1, 2, KEY, "t", date(2026, 5, 11), Decimal(1), Decimal(0), Decimal(1), "NOK", True)
        with pytest.raises(Unavailable) as caught:
            client.expenses.create(new)
        assert not caught.value.outcome_known
        assert len(server.asked) == 1, "it was sent again"


class TestFindingExpenses:
    """By key, and as they stand now."""

    def test_expense_is_found_by_its_whole_key_only(self, firm: Firm) -> None:
        made = firm.client.expenses.create(firm.expense())
        [found] = firm.client.expenses.find(KEY)
        assert (found.moment_id, found.external_key, found.invoiced) == (made, KEY, False)
        assert firm.client.expenses.find(KEY[:-1]) == ()
        assert firm.client.expenses.find(KEY + "1") == ()

    def test_all_with_one_key_are_found_the_oldest_first(self, firm: Firm) -> None:
        new = firm.expense()
        made = [firm.client.expenses.create(new), firm.client.expenses.create(new)]
        assert [found.moment_id for found in firm.client.expenses.find(KEY)] == made

    def test_list_whose_filter_does_nothing_is_looked_through(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        def shown(number: int, key: str | None) -> dict[str, Any]:
            return {"id": number, "projectId": 1, "externalKey": key, "invoicedState": "invoiced"}

        server.on(
            "GET",
            "projectExpenses",
            page(shown(1, None), shown(2, KEY + "0"), shown(4, KEY), shown(3, KEY), shown(4, KEY)),
        )
        found, other = client.expenses.find(KEY)
        assert (found.moment_id, found.invoiced, found.net, found.documents) == (3, True, None, ())
        assert other.moment_id == 4, "a row that is listed twice is one"

    def test_expense_is_read_as_it_stands(self, firm: Firm) -> None:
        new = firm.expense(invoiced_state="approvedForInvoicing")
        read = firm.client.expenses.read(firm.client.expenses.create(new))
        assert read is not None
        assert (read.net, read.vat, read.gross, read.date) == (new.net, new.vat, new.gross, new.date)
        assert (read.activity_id, read.billable, read.invoiced_state) == (new.activity_id, True, "approvedForInvoicing")
        assert not read.invoiced

    def test_expense_that_was_invoiced_is_known_as_such(self, firm: Firm) -> None:
        read = firm.client.expenses.read(firm.client.expenses.create(firm.expense(invoiced_state="invoiced")))
        assert read is not None
        assert read.invoiced

    def test_expense_that_is_gone_is_none(self, firm: Firm) -> None:
        assert firm.client.expenses.read(10**9) is None


class TestDocuments:
    """Documents of an expense: not to be sent twice by themselves, so they can be looked for."""

    def test_document_is_kept_byte_for_byte_and_listed_by_name_and_size(self, firm: Firm) -> None:
        expense = firm.client.expenses.create(firm.expense())
        assert firm.client.expenses.documents(expense) == ()
        with tempfile.TemporaryFile() as content:
            content.write(PDF[:-5])
            content.flush()
            content.write(PDF[-5:])  # stands at its end and partly in a buffer, as after it was fetched
            kept = firm.client.expenses.attach(expense, "F-88 øre.pdf", content, "application/pdf")
        assert kept == StoredDocument(kept.moment_id, "F-88 øre.pdf", "application/pdf", len(PDF))
        assert firm.client.expenses.documents(expense) == (kept,)
        assert PDF in firm.wiretap.sent[-1][2]

    def test_document_whose_answer_was_lost_is_there_to_be_found(self, firm: Firm) -> None:
        expense = firm.client.expenses.create(firm.expense())
        firm.fault("lost_answer", "addProjectExpenseAttachment")
        with pytest.raises(Unavailable) as caught:
            firm.client.expenses.attach(expense, "F-88.pdf", io.BytesIO(PDF), "application/pdf")
        assert not caught.value.outcome_known
        (kept,) = firm.client.expenses.documents(expense)
        assert (kept.file_name, kept.size) == ("F-88.pdf", len(PDF))

    def test_document_that_is_too_large_for_moment_says_so(self, firm: Firm) -> None:
        expense = firm.client.expenses.create(firm.expense())
        firm.office.do("PUT", "/settings", {"maxAttachmentBytes": 10})
        with pytest.raises(Refused) as caught:
            firm.client.expenses.attach(expense, "F-88.pdf", io.BytesIO(PDF), "application/pdf")
        words = render_problem(caught.value.problems[0], "en")
        assert words.code == "document_too_large"
        assert words.message == 'Document F-88.pdf is too large. Message from Moment: "File too large"'
        assert "attach it manually" in words.remedy

    def test_document_for_an_expense_that_is_gone_is_told_of_the_expense(self, firm: Firm) -> None:
        asked: tuple[Callable[[], object], ...] = (
            lambda: firm.client.expenses.attach(10**9, "F-88.pdf", io.BytesIO(PDF), "application/pdf"),
            lambda: firm.client.expenses.documents(10**9),
        )
        for ask in asked:
            with pytest.raises(Refused) as caught:
                ask()
            words = render_problem(caught.value.problems[0], "nb")
            assert words.code == "expense_gone"
            assert words.message == "Utlegget 1000000000 finnes ikke lenger i Moment. Noen kan ha slettet det."

    @pytest.mark.parametrize(
        ("answer", "kind", "code", "known"),
        [
            (html(413), Refused, "document_too_large", None),
            (Said(422, {"message": "No such type"}), Refused, "expense_document_refused", None),
            (html(404), Unavailable, "moment_unavailable", True),
            (html(502), Unavailable, "moment_unavailable", False),
            (html(200), Unavailable, "moment_malformed", False),
            (Said(201, {}), Unavailable, "moment_malformed", False),
            (Said(lost=True), Unavailable, "moment_unavailable", False),
            (Said(401, {}), Misconfigured, "moment_credentials", None),
        ],
    )
    def test_document_that_moment_does_not_take(
        self,
        server: ScriptedMoment,
        client: MomentClient,
        answer: Said,
        kind: type[EdgeError],
        code: str,
        known: bool | None,
    ) -> None:
        server.on("POST", "projectExpenses/7/attachments", answer)
        with pytest.raises(kind) as caught:
            client.expenses.attach(7, "F-88.pdf", io.BytesIO(PDF), "application/pdf")
        assert caught.value.problems[0].code == code
        assert render_problem(caught.value.problems[0], "nb").remedy
        assert getattr(caught.value, "outcome_known", None) is known


NEW = NewExpense(1, 2, KEY, "t", date(2026, 5, 11), Decimal(1), Decimal(0), Decimal(1), "NOK", True)
READING: dict[str, Callable[[MomentClient], object]] = {
    "activities": lambda client: client.expenses.activities(1),
    "find": lambda client: client.expenses.find(KEY),
    "read": lambda client: client.expenses.read(1),
    "documents": lambda client: client.expenses.documents(1),
    "project": lambda client: client.expenses.project(1),
}
WRITING: dict[str, Callable[[MomentClient], object]] = {
    "create_activity": lambda client: client.expenses.create_activity(1, "Utlegg"),
    "create": lambda client: client.expenses.create(NEW),
}


@pytest.mark.parametrize("answer", [html(404), html(502), Said(503, {}), Said(lost=True), Said(text="{", cut=True)])
@pytest.mark.parametrize("name", READING)
def test_reading_that_fails_is_tried_again(
    server: ScriptedMoment, client: MomentClient, name: str, answer: Said
) -> None:
    server.on("GET", "*", answer)
    with pytest.raises(Unavailable) as caught:
        READING[name](client)
    assert caught.value.outcome_known


@pytest.mark.parametrize("name", {**READING, **WRITING})
def test_key_that_was_withdrawn_is_told_of_the_setup(server: ScriptedMoment, client: MomentClient, name: str) -> None:
    server.on("GET", "*", Said(401, {})).on("POST", "*", Said(401, {}))
    with pytest.raises(Misconfigured) as caught:
        {**READING, **WRITING}[name](client)
    assert caught.value.problems[0].subject == "setup moment.api_key"


@pytest.mark.parametrize("name", ["activities", "find"])
def test_company_that_moment_does_not_know_is_a_fault_of_the_setup(
    server: ScriptedMoment, client: MomentClient, name: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        READING[name](client)
    assert caught.value.problems[0].code == "moment_company_unknown"


@pytest.mark.parametrize(("name", "code"), [("create_activity", "activity_refused"), ("create", "expense_refused")])
def test_nothing_there_to_write_to_is_a_refusal(
    server: ScriptedMoment, client: MomentClient, name: str, code: str
) -> None:
    server.on("POST", "*", NOT_FOUND)
    with pytest.raises(Refused) as caught:
        WRITING[name](client)
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts["status"], problem.said) == (code, "404", "Not found")


@pytest.mark.parametrize("name", WRITING)
def test_page_for_people_in_answer_to_something_new_is_tried_again(
    server: ScriptedMoment, client: MomentClient, name: str
) -> None:
    server.on("POST", "*", html(404))
    with pytest.raises(Unavailable) as caught:
        WRITING[name](client)
    assert caught.value.outcome_known


def test_odd_expense_is_refused_by_the_name_of_its_field(server: ScriptedMoment, client: MomentClient) -> None:
    odd = {"id": 3, "projectId": 1, "externalKey": KEY, "invoicedState": "x", "netAmount": "1000"}
    server.on("GET", "projectExpenses/3", Said(value=odd)).on("GET", "projectExpenses", page(odd))
    for ask in (lambda: client.expenses.read(3), lambda: client.expenses.find(KEY)):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.problems[0].code == "moment_malformed"
        assert caught.value.problems[0].facts["field"] == "netAmount"
