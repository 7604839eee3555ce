"""Keys, tokens, the gateway's allowance and privileges; and a stand-in that is killed and comes back."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import DataInUse, HeldClock, running
from bilag_sandbox.poweroffice_go.api import OPERATIONS
from tests.support import local_http
from tests.support.patience import wait_for
from tests.support.poweroffice_go.office import Office, new_office

KEY = {"Ocp-Apim-Subscription-Key": go.SUBSCRIPTION_KEY}
KEYS = (go.APPLICATION_KEY, go.CLIENT_KEY)
GRANT = {"grant_type": "client_credentials"}


def ask(url: str, auth: Any = KEYS, form: Any = GRANT, headers: Any = KEY, **more: Any) -> httpx2.Response:
    return local_http.post(url + go.TOKEN, auth=auth, data=form, headers=headers, **more)


def test_both_keys_give_a_token_for_twenty_minutes(go_address: str) -> None:
    answer = ask(go_address)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1200)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("auth", "form", "error"),
    [
        ((go.APPLICATION_KEY, "wrong"), GRANT, "invalid_client"),
        (("wrong", go.CLIENT_KEY), GRANT, "invalid_client"),
        (None, GRANT, "invalid_client"),
        (KEYS, {"grant_type": "password"}, "unsupported_grant_type"),
        (KEYS, GRANT | {"user": "x"}, "invalid_request"),
        (KEYS, {}, "invalid_request"),
    ],
)
def test_a_token_is_refused_as_the_published_file_says(go_address: str, auth: Any, form: Any, error: str) -> None:
    answer = ask(go_address, auth, form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert set(answer.json()) == {"error", "error_description"}


def test_the_gateway_wants_its_key_before_anything_else(go_address: str, office: Office) -> None:
    token = {"Authorization": office.http.headers["Authorization"]}
    for headers, words in (
        (token, "missing subscription key"),
        (token | {"Ocp-Apim-Subscription-Key": "x"}, "invalid"),
    ):
        answer = local_http.get(f"{go_address}{go.BASE}/Customers", headers=headers)
        assert (answer.status_code, answer.json()["statusCode"]) == (401, 401)
        assert words in answer.json()["message"]
    assert ask(go_address, headers={}).status_code == 401


def test_a_token_expires_is_withdrawn_and_reaches_only_its_client(
    office: Office, go_address: str, go_clock: HeldClock
) -> None:
    office.customer()
    other = new_office(go_address)
    assert other.get("/Customers").status_code == 204
    other.close()
    go_clock.advance(1199)
    assert office.get("/Customers").status_code == 200
    go_clock.advance(2)
    answer = office.get("/Customers")
    assert (answer.status_code, answer.content) == (401, b"")
    office.http.headers["Authorization"] = f"Bearer {office.new_token()}"
    assert office.get("/Customers").status_code == 200
    office.admin.post("/tokens/withdraw", json={})
    assert office.get("/Customers").status_code == 401
    office.http.headers["Authorization"] = "Bearer nonsense"
    assert office.get("/Customers").status_code == 401


class Still(HeldClock):
    """Time stands still until it is moved."""

    at = 0.0

    def monotonic(self) -> float:
        return self.at


def test_ten_requests_a_second_and_the_eleventh_waits() -> None:
    clock = Still()
    with running(go.app(clock=clock)) as url:
        headers = KEY | {"Authorization": f"Bearer {ask(url).json()['access_token']}"}
        clock.at += 1

        def asked() -> httpx2.Response:
            return local_http.get(f"{url}{go.BASE}/LockDateSettings", headers=headers)

        assert [asked().status_code for _ in range(10)] == [200] * 10
        refused = asked()
        assert refused.status_code == 429
        assert refused.json() == {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 1 seconds."}
        assert refused.headers["retry-after"] == "1"
        clock.at += 0.9
        assert asked().status_code == 429
        clock.at += 0.1
        assert asked().status_code == 200


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.roles], ids=lambda one: one.name)
def test_each_operation_needs_one_of_its_privileges(office: Office, one: Any) -> None:
    office.configure(privileges=[])
    identity = "00000000-0000-4000-8000-000000000000" if "Voucher" in one.path else "1"
    path = one.path.replace("{id}", identity)
    answer = office.http.request(one.method, go.BASE + path, params={"fromDate": "2026-01-01", "toDate": "2026-01-02"})
    assert answer.status_code == 403
    assert one.roles[0] in answer.json()["detail"]
    assert office.get("/ClientIntegrationInformation").json()["ValidPrivileges"] == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/Customers?$top=5", "OData query option '$top' is not supported"),
        ("/Customers?$filter=x", "OData"),
        ("/Customers?customernos=10042", "'customernos' is not known"),
        ("/Customers?customerNos=1&customerNos=2", "more than once"),
        ("/Customers?PageSize=0", "must be between"),
        ("/Customers?PageNumber=x", "not valid for PageNumber"),
        ("/Customers?MaxPageSize=5", "'MaxPageSize' is not known"),
        ("/Customers?OrderBy=Number%20sideways", "OrderBy"),
        ("/Customers?lastChangedDateTimeOffsetGreaterThan=yesterday", "date and time"),
        ("/Projects?excludeArchivedProject=maybe", "true or false"),
        ("/Projects?status=Sleeping", "must be one of"),
        ("/VoucherDocumentation/Download", "id field is required"),
    ],
)
def test_a_query_is_read_strictly(office: Office, path: str, words: str) -> None:
    answer = office.http.get(go.BASE + path)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_problems_come_in_either_case_of_letters(office: Office) -> None:
    assert set(office.get("/Customers/1").json()) == {"title", "status", "detail"}
    office.admin.put("/settings", json={"capitalProblems": 1})
    assert set(office.get("/Customers/1").json()) == {"Title", "Status", "Detail"}
    office.admin.put("/settings", json={"capitalProblems": 0})


def test_addresses_and_methods_that_do_not_exist(office: Office) -> None:
    assert office.admin.get(f"{office.url}/v2/Nothing").status_code == 404
    assert office.admin.put(f"{office.url}/nothing").status_code == 404


def test_faults_are_injected_in_the_apis_form(office: Office) -> None:
    def with_fault(**fault: Any) -> httpx2.Response:
        office.admin.delete("/faults")
        assert office.admin.post("/faults", json=fault).status_code == 201
        return office.get("/Customers")

    assert with_fault(kind="rate_limited").json()["statusCode"] == 429
    assert with_fault(kind="unauthorized").content == b""
    refused = with_fault(kind="forbidden", operation="listCustomers")
    assert (refused.status_code, set(refused.json())) == (403, {"title", "status", "detail"})
    assert with_fault(kind="bad_gateway").headers["content-type"].startswith("text/html")
    assert with_fault(kind="internal_error").status_code == 500
    assert with_fault(kind="hub_unavailable").status_code == 503
    office.admin.delete("/faults")
    office.admin.post("/faults", json={"kind": "lost_answer", "operation": "postCustomer"})
    with pytest.raises(httpx2.HTTPError):
        office.customer()
    assert office.get("/Customers").json()[0]["Number"] == 10042


@contextlib.contextmanager
def process(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    code = (
        "from pathlib import Path; from bilag_sandbox import poweroffice_go as go; "
        f"go.run(0, Path({str(folder)!r}), requests_per_second=10000, started=lambda url: print(url, flush=True))"
    )
    running_ = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert running_.stdout is not None
        yield running_.stdout.readline().strip(), running_
    finally:
        running_.kill()
        running_.wait()
        if running_.stdout is not None:
            running_.stdout.close()


def test_everything_survives_a_kill(tmp_path: Path) -> None:
    with process(tmp_path) as (url, running_):
        office = new_office(url)
        body = office.journal(office.customer())
        key = office.post("/Vouchers/ManualJournals", body).json()["Id"]
        ledger = office.person("GET", "/ledger")
        token = office.http.headers["Authorization"]
        with pytest.raises(DataInUse):
            go.app(data=tmp_path)
        running_.send_signal(signal.SIGKILL)
        running_.wait()
        name = office.name
    with process(tmp_path) as (url, _running):
        headers = KEY | {"Authorization": token}
        wait_for(lambda: local_http.get(f"{url}/admin/state").status_code == 200, "the stand-in to answer again")
        again = local_http.get(f"{url}{go.BASE}/Vouchers/ManualJournals/{key}", headers=headers)
        assert again.json()["ExternalImportReference"] == body["ExternalImportReference"]
        assert local_http.get(f"{url}/admin/clients/{name}/ledger").json() == ledger
