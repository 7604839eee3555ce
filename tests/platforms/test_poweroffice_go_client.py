"""PowerOffice Go's client: tokens, allowance, paging, and answers that are not what the published file says."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bilag.platforms.base import Connection
from bilag.platforms.poweroffice_go import PLATFORM, operations
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.operations import Operation, Privilege
from bilag.platforms.poweroffice_go.problems import said_of, says_in_use
from bilag.platforms.poweroffice_go.wire import CustomerWire, DepartmentWire, IntegrationWire
from bilag.wire import rate_limit
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.recording import recording
from tests.support.held_time import HeldTime
from tests.support.patience import PATIENCE
from tests.support.poweroffice_go.company import INSTALLATION, quick
from tests.support.poweroffice_go.published import ABSENT, SLICE, operation_of, published, query_names

CLIENT_KEY = "33333333-0000-4000-8000-000000000001"
Said = tuple[int, Any, dict[str, str]]


@dataclass
class Scripted:
    """A server that says what it is told: `answers` by path, the last one again and again."""

    address: str = ""
    answers: dict[str, list[Said]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    tokens: int = 0

    def on(self, path: str, status: int, body: Any = None, **headers: str) -> "Scripted":
        self.answers.setdefault(path, []).append((status, body, headers))
        return self

    def answer(self, method: str, target: str, headers: dict[str, str]) -> Said:
        path = urlsplit(target).path
        self.asked.append((method, target, headers))
        if path in self.answers:
            said = self.answers[path]
            return said.pop(0) if len(said) > 1 else said[0]
        if path == "/OAuth/Token":
            self.tokens += 1
            return 200, {"access_token": f"token-{self.tokens}", "token_type": "Bearer", "expires_in": 1200}, {}
        return 404, {"title": "Resource not found", "status": 404}, {}

    def requests(self, path: str) -> list[str]:
        return [target for _method, target, _headers in self.asked if urlsplit(target).path == path]


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    made = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body, more = made.answer(self.command, self.path, headers)
            content = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as made:
        yield made


@pytest.fixture
def connect(server: Scripted) -> Iterator[Callable[..., GoClient]]:
    opened: list[GoClient] = []

    def connected(**how: Any) -> GoClient:
        values = {"base_url": f"{server.address}/v2", "client": "Fjord", "client_key": CLIENT_KEY, **INSTALLATION}
        opened.append(GoClient(values, read_timeout=PATIENCE, **{"rate_limits": quick, **how}))
        return opened[-1]

    yield connected
    for one in opened:
        one.close()


@pytest.fixture
def go(connect: Callable[..., GoClient]) -> GoClient:
    return connect()


DEPARTMENTS = "/v2/Departments"
INTEGRATION = "/v2/ClientIntegrationInformation"


def error_of(ask: Callable[[], object]) -> EdgeError:
    with pytest.raises(EdgeError) as error:
        ask()
    return error.value


def read(go: GoClient) -> list[DepartmentWire]:
    return list(go.rows(operations.DEPARTMENTS, DepartmentWire))


# What is asked


@pytest.mark.skipif(not SLICE.exists(), reason=ABSENT)
@pytest.mark.parametrize(
    "operation", [one for one in vars(operations).values() if isinstance(one, Operation)], ids=lambda one: one.path
)
def test_every_operation_and_parameter_is_published(operation: Operation) -> None:
    written = operation in (operations.INVOICE_VOUCHERS, operations.MANUAL_VOUCHERS)
    path, method = f"/{operation.path}", "get"
    if written or operation is operations.REVERSE:
        path, method = f"{path}/{{id}}", "post" if operation is operations.REVERSE else "get"
    method = "put" if operation is operations.ATTACHING else method
    found = operation_of(published(), path.replace("{id}", "x"), method)
    assert found is not None, path
    names = query_names(published(), found[1])
    assert operation.parameters <= names
    assert not operation.paged or {"PageNumber", "PageSize", "OrderBy"} <= names
    if operation.privilege is not None:
        roles = found[1]["summary"].partition("(Auth roles: ")[2].partition(")")[0].split(",")
        assert operation.privilege in roles or f"{operation.privilege.removesuffix('_Full')}_Full" in roles


def test_a_parameter_that_the_operation_does_not_have_is_a_fault_of_bilag(go: GoClient, server: Scripted) -> None:
    with pytest.raises(ValueError, match="no query parameter projectCode"):
        list(go.rows(operations.PROJECTS, DepartmentWire, {"projectCode": "1"}))
    assert server.asked == []


def test_a_wider_privilege_will_do() -> None:
    assert Privilege.TRANSACTIONS.is_among({"AccountTransaction_Full"})
    assert Privilege.CUSTOMERS.is_among({"Customer_Full"})
    assert not Privilege.CUSTOMERS.is_among({"Customer"})


# Tokens


def test_both_keys_sign_in_and_the_third_is_sent_with_everything(go: GoClient, server: Scripted) -> None:
    server.on(DEPARTMENTS, 204)
    assert read(go) == []
    (token, asked) = [headers for _method, _target, headers in server.asked]
    assert token["authorization"].startswith("Basic ")
    assert asked["authorization"] == "Bearer token-1"
    assert {one["ocp-apim-subscription-key"] for one in (token, asked)} == {INSTALLATION["subscription_key"]}


def test_a_token_is_renewed_a_minute_before_it_expires(go: GoClient, server: Scripted, held_time: HeldTime) -> None:
    server.on(DEPARTMENTS, 204)
    for seconds, expected in ((0, 1), (1139, 1), (2, 2)):
        held_time.sleep(seconds)
        read(go)
        assert server.tokens == expected


def test_a_token_that_is_rejected_is_renewed_once(go: GoClient, server: Scripted) -> None:
    server.on(DEPARTMENTS, 401).on(DEPARTMENTS, 204)
    assert read(go) == []
    assert server.tokens == 2


def test_keys_that_open_nothing_any_more_are_the_setups(go: GoClient, server: Scripted) -> None:
    server.on(DEPARTMENTS, 401)
    error = error_of(lambda: read(go))
    assert isinstance(error, Misconfigured)
    assert (error.problems[0].code, error.problems[0].subject) == (
        "poweroffice_keys_refused",
        "setup platform.poweroffice_go.client_key",
    )
    assert len(server.requests(DEPARTMENTS)) == 2


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (
            400,
            {"error": "invalid_client", "error_description": "Client integration not found."},
            "poweroffice_keys_refused",
        ),
        (
            401,
            {"statusCode": 401, "message": "Access denied due to invalid subscription key."},
            "poweroffice_subscription_refused",
        ),
        (404, {"statusCode": 404, "message": "Resource not found"}, "poweroffice_not_there"),
        (404, "<html>", "poweroffice_not_there"),
        (302, "<html>", "poweroffice_not_there"),
    ],
)
def test_a_sign_in_that_is_refused_names_the_key(
    status: int, body: Any, code: str, go: GoClient, server: Scripted
) -> None:
    server.on("/OAuth/Token", status, body)
    error = error_of(go.sign_in)
    assert isinstance(error, Misconfigured)
    assert error.problems[0].code == code


@pytest.mark.parametrize(
    ("status", "body"), [(503, "<html>"), (500, {"error": "server_error"}), (200, {"expires_in": 5}), (200, "<html>")]
)
def test_a_sign_in_that_fails_is_tried_again(status: int, body: Any, go: GoClient, server: Scripted) -> None:
    server.on("/OAuth/Token", status, body)
    error = error_of(go.sign_in)
    assert isinstance(error, Unavailable)
    assert error.outcome_known


def test_no_key_and_no_token_is_in_a_record_or_an_error(connect: Callable[..., GoClient], server: Scripted) -> None:
    secrets = [CLIENT_KEY, *INSTALLATION.values(), "token-1"]
    server.on(
        DEPARTMENTS, 400, {"title": "Nei", "detail": f"Key {CLIENT_KEY}, token-1, {INSTALLATION['application_key']}"}
    )
    with recording() as exchanges:
        error = error_of(lambda: read(connect()))
    assert exchanges
    assert "removed" in (error.problems[0].said or "")
    values = {"base_url": f"{server.address}/v2", "client": "Fjord", "client_key": CLIENT_KEY}
    shown = repr(exchanges) + repr(error.problems) + repr(PLATFORM.open(Connection(values, installation=INSTALLATION)))
    assert [one for one in secrets if one in shown + PLATFORM.ledger_key(values)] == []


# The allowance


def test_ten_requests_a_second_for_everybody_with_the_subscription_key(connect: Callable[..., GoClient]) -> None:
    given: list[tuple[str, int, float]] = []

    def limits(account: str, requests: int, seconds: float = 60.0) -> rate_limit.RateLimit:
        given.append((account, requests, seconds))
        return quick(account, requests, seconds)

    for _ in range(2):
        connect(rate_limits=limits)
    assert {one[1:] for one in given} == {(10, 1.0)}
    assert len({one[0] for one in given}) == 1
    assert INSTALLATION["subscription_key"] not in given[0][0]


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ({"statusCode": 429, "message": "Rate limit is exceeded. Try again in 7 seconds."}, {}, 7),
        ({"statusCode": "429", "message": "Rate limit is exceeded."}, {"Retry_After": "3"}, 3),
        ({}, {}, 1),
    ],
)
def test_too_many_requests_wait_as_long_as_they_are_told_to(
    body: Any, headers: dict[str, str], seconds: int, go: GoClient, server: Scripted
) -> None:
    server.on(DEPARTMENTS, 429, body, **headers)
    error = error_of(lambda: read(go))
    assert isinstance(error, Unavailable)
    assert (error.problems[0].code, error.outcome_known, error.retry_after) == ("rate_limited", True, seconds)


# Lists


def test_pages_are_read_until_one_is_short(go: GoClient, server: Scripted) -> None:
    rows = [{"Id": number, "Code": str(number)} for number in range(5)]
    server.on(DEPARTMENTS, 200, rows[:2]).on(DEPARTMENTS, 200, rows[2:4]).on(DEPARTMENTS, 200, rows[4:])
    pages = list(go.pages(operations.DEPARTMENTS, DepartmentWire, by="Id", size=2))
    assert [[one.id for one in page] for page in pages] == [[0, 1], [2, 3], [4]]
    asked = [parse_qs(urlsplit(one).query) for one in server.requests(DEPARTMENTS)]
    assert [one["PageNumber"] for one in asked] == [["1"], ["2"], ["3"]]
    assert all(one["OrderBy"] == ["Id"] and one["PageSize"] == ["2"] for one in asked)


def test_a_full_last_page_is_followed_by_an_empty_one(go: GoClient, server: Scripted) -> None:
    server.on(DEPARTMENTS, 200, [{"Id": 1}, {"Id": 2}]).on(DEPARTMENTS, 204)
    assert [len(page) for page in go.pages(operations.DEPARTMENTS, DepartmentWire, size=2)] == [2]


def test_pages_that_never_end_are_noticed(go: GoClient, server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bilag.platforms.poweroffice_go.client.MAX_PAGES", 3)
    server.on(DEPARTMENTS, 200, [{"Id": 1}])
    error = error_of(lambda: list(go.pages(operations.DEPARTMENTS, DepartmentWire, size=1)))
    assert "do not end" in error.problems[0].facts["why"]


# Odd answers


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"items": []}, "a list is expected"),
        ("<html>", "is not JSON"),
        ([{"Code": "1"}], "Department Id"),
        ([{"Id": "1"}], "Department Id"),
        ([{"Id": 2**63}], "Department Id"),
    ],
)
def test_rows_that_cannot_be_read_are_told_by_their_field(body: Any, why: str, go: GoClient, server: Scripted) -> None:
    server.on(DEPARTMENTS, 200, body)
    error = error_of(lambda: read(go))
    assert isinstance(error, Unavailable)
    assert (error.problems[0].code, error.outcome_known) == ("poweroffice_malformed", True)
    assert why in error.problems[0].facts["why"]


def test_additions_and_new_words_are_no_fault(go: GoClient, server: Scripted) -> None:
    body = {"ClientId": "c", "ClientName": None, "ValidPrivileges": ["Noe_Nytt"], "Ny": {"felt": [1]}}
    server.on(INTEGRATION, 200, body)
    assert go.one(operations.INTEGRATION, IntegrationWire).valid_privileges == ["Noe_Nytt"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_a_fault_to_a_change_nobody_knows_what_happened(status: int, go: GoClient, server: Scripted) -> None:
    server.on("/v2/Customers", status, "<html>")
    error = error_of(lambda: go.create(operations.CUSTOMERS, {}, CustomerWire, operations_about()))
    assert isinstance(error, Unavailable)
    assert (error.problems[0].code, error.outcome_known) == ("poweroffice_fault", False)
    reading = error_of(lambda: list(go.rows(operations.CUSTOMERS, CustomerWire)))
    assert isinstance(reading, Unavailable)
    assert reading.outcome_known


def operations_about() -> Any:
    from bilag.platforms.poweroffice_go.problems import About

    return About("customer 1")


def test_what_the_client_does_not_allow_names_the_privilege(go: GoClient, server: Scripted) -> None:
    server.on("/v2/Customers", 403)
    error = error_of(lambda: list(go.rows(operations.CUSTOMERS, CustomerWire)))
    assert isinstance(error, Misconfigured | Unavailable)
    assert error.problems[0].code == "poweroffice_privilege_missing"
    assert error.problems[0].facts == {"privilege": "Customer_Full"}


def test_a_refusal_carries_what_go_says(go: GoClient, server: Scripted) -> None:
    server.on("/v2/Customers", 400, {"title": "Customer validation error(s)", "status": 400, "detail": "Navn mangler."})
    error = error_of(lambda: go.create(operations.CUSTOMERS, {}, CustomerWire, operations_about()))
    assert isinstance(error, Refused)
    assert (error.problems[0].code, error.problems[0].subject, error.problems[0].said) == (
        "poweroffice_refused",
        "customer 1",
        "Navn mangler.",
    )


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"Title": "T", "Detail": "D"}, "D"),
        ({"title": "T", "detail": "D"}, "D"),
        ({"title": "T"}, "T"),
        ({"title": "T", "errors": {"VoucherLines[0].VatId": ["Mangler."]}}, "T VoucherLines[0].VatId: Mangler."),
        ({"error": "invalid_client"}, "invalid_client"),
        ({"statusCode": "429", "message": "M"}, "M"),
        ([], None),
        (None, None),
        ({"detail": 7}, None),
    ],
)
def test_problem_details_are_read_in_either_case_of_letters(document: Any, said: str | None) -> None:
    assert said_of(document) == said


@pytest.mark.parametrize(
    ("said", "in_use"),
    [
        ("ExternalImportReference is already in use. 'x' is used on voucher Id = 7.", True),
        ("InvoiceNo is already in use.", True),
        ("Voucher is already reversed.", False),
        ("PostingDate is before the lock date.", False),
        (None, False),
    ],
)
def test_that_something_is_in_use_is_believed_when_it_names_what(said: str | None, in_use: bool) -> None:
    assert says_in_use(said) is in_use
