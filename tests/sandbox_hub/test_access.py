"""Signing in, tokens, client ids, the rate limit; and a hub that is stopped or killed and comes back."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import ValidationError

from bilag_sandbox import hub
from bilag_sandbox.common import DataInUse, HeldClock, running
from tests.support import local_http
from tests.support.hub.batches import simple
from tests.support.hub.client import Company, Contract
from tests.support.patience import PATIENCE, wait_for

GOOD = {"username": hub.USERNAME, "password": hub.PASSWORD}


def sign_in(address: str, contract: Contract | None, body: Any = None, key: str | None = None) -> httpx2.Response:
    headers = {} if key is None else {"X-Api-Key": key}
    more = {} if body is None else {"json": body}
    answer = local_http.post(f"{address}/v1/token", headers=headers, **more)
    if contract is not None:
        contract.check(answer)
    return answer


@pytest.mark.parametrize(("body", "key"), [(GOOD, None), (None, hub.API_KEY), ({}, hub.API_KEY), (GOOD, hub.API_KEY)])
def test_either_password_or_key_or_both_give_a_token(
    hub_address: str, contract: Contract | None, body: Any, key: str | None
) -> None:
    answer = sign_in(hub_address, contract, body, key)
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 1200)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "key", "status", "code"),
    [
        (None, None, 400, "credentials_missing"),
        ({}, None, 400, "credentials_missing"),
        ({"username": "a"}, None, 400, "credentials_missing"),
        (GOOD | {"password": "wrong"}, None, 401, "invalid_credentials"),
        (GOOD | {"password": "wrong"}, hub.API_KEY, 401, "invalid_credentials"),
        (GOOD, "wrong", 401, "invalid_credentials"),
        (None, "wrong", 401, "invalid_credentials"),
        (GOOD | {"scope": "all"}, None, 400, "request_malformed"),
        ([], None, 400, "request_malformed"),
    ],
)
def test_wrong_credentials(
    hub_address: str, contract: Contract | None, body: Any, key: str | None, status: int, code: str
) -> None:
    answer = sign_in(hub_address, contract, body, key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_token_that_is_missing_unknown_withdrawn_or_expired(visma: Company) -> None:
    assert visma.ask("GET", "/profile", headers={"Authorization": ""}).json()["code"] == "token_missing"
    assert visma.ask("GET", "/profile", headers={"Authorization": "Bearer x"}).json()["code"] == "token_invalid"
    visma.http.post("/admin/tokens/withdraw", json={"expire": True})
    assert visma.ask("GET", "/profile").json()["code"] == "token_expired"
    visma.token = visma.sign_in()
    assert visma.ask("GET", "/profile").status_code == 200
    visma.http.post("/admin/tokens/withdraw")
    assert visma.ask("GET", "/profile").json()["code"] == "token_invalid"


@pytest.mark.parametrize(
    ("parent", "client", "status", "codes"),
    [
        ("S2041", "F123", 422, {"source_client_id_invalid"}),
        ("2041", "123", 422, {"parent_client_id_invalid"}),
        ("S", "123", 422, {"parent_client_id_invalid"}),
        ("X1", "F1", 422, {"parent_client_id_invalid", "source_client_id_invalid"}),
        ("S2041", "999", 404, {"client_unknown"}),
        ("S9", "123", 403, {"client_not_under_parent"}),
    ],
)
def test_client_ids(visma: Company, parent: str, client: str, status: int, codes: set[str]) -> None:
    visma.path = f"/v1/parents/{parent}/clients/{client}"
    answer = visma.ask("GET", "/profile")
    assert answer.status_code == status
    assert ({detail["code"] for detail in answer.json()["details"]} or {answer.json()["code"]}) == codes


def test_zeros_in_front_of_the_client_id_do_not_matter(visma: Company) -> None:
    visma.path = "/v1/parents/S2041/clients/0123"
    profile = visma.ask("GET", "/profile").json()
    assert (profile["sourceClientId"], profile["companyName"]) == ("123", "Fjell Arkitekter AS")


def test_a_user_may_be_kept_from_a_client(visma: Company) -> None:
    visma.http.put("/admin/users/other", json={"password": "p", "apiKey": "k2", "clients": ["501"]})
    token = visma.http.post("/v1/token", headers={"X-Api-Key": "k2"}).json()["access_token"]
    answer = visma.ask("GET", "/profile", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "client_access_denied")


def test_unknown_paths_and_methods_are_errors_in_json(visma: Company) -> None:
    assert visma.http.get("/v1/nothing").json()["code"] == "not_found"
    assert visma.http.delete("/v1/token").status_code == 405


def test_the_contract_check_of_these_tests_finds_what_is_wrong(visma: Company, contract: Contract | None) -> None:
    if contract is None:
        pytest.skip("../shared is not here: answers cannot be held against the contract")
    for wrong in ({"status": "half"}, {"vouchers": 3}, {"voucherJournalNumber": "1"}):
        visma.http.post("/admin/faults", json={"kind": "patch", "operation": "findBatches", "json": {"items": wrong}})
        visma.post_batch(simple(1))
        with pytest.raises(ValidationError):
            visma.ask("GET", "/batches")
    assert contract.checked > 3


@pytest.fixture
def small_hub(hub_clock: HeldClock) -> Iterator[str]:
    with running(hub.app(requests_per_minute=3, token_seconds=3600, clock=hub_clock)) as url:
        yield url


def test_the_rate_limit_is_told_and_kept(small_hub: str, contract: Contract | None) -> None:
    company = Company(small_hub, "123", contract)
    answers = [company.ask("GET", "/profile") for _ in range(4)]
    assert [a.headers["x-ratelimit-remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[0].json()["limits"]["requestsPerMinute"] == 3
    company.http.put("/admin/settings", json={"requestsPerMinute": 1000})
    assert company.ask("GET", "/profile").status_code == 200


def test_a_token_lives_as_long_as_said(small_hub: str, hub_clock: HeldClock) -> None:
    company = Company(small_hub, "123", None)
    assert company.ask("GET", "/profile").status_code == 200
    hub_clock.advance(3601)
    assert company.ask("GET", "/profile").json()["code"] == "token_expired"


def test_injected_faults_reach_the_operation_they_are_aimed_at(visma: Company) -> None:
    visma.http.post("/admin/faults", json={"kind": "lost_answer", "operation": "createBatch"})
    with pytest.raises(httpx2.TransportError):
        visma.post_batch(simple(7))
    found = visma.ask("GET", "/batches", params={"externalId": "moment-4021-invoice-7"}).json()["items"]
    assert [b["status"] for b in found] == ["updated"]
    assert visma.post_batch(simple(7)).status_code == 409
    visma.http.post("/admin/faults", json={"kind": "unauthorized_html", "operation": "getProfile"})
    html = visma.http.get(visma.path + "/profile")
    assert (html.status_code, html.headers["content-type"][:9]) == (401, "text/html")


# A hub in a process of its own

PROGRAM = """
import sys
from pathlib import Path
from bilag_sandbox import hub
hub.run(0, Path(sys.argv[1]), started=lambda url: print(url, flush=True))
"""


def answers(url: str) -> bool:
    with contextlib.suppress(httpx2.ConnectError):
        return local_http.get(url).status_code > 0
    return False


def start(data: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url.endswith("/v1")
    wait_for(lambda: answers(url), "the hub to answer")
    return process, url.removesuffix("/v1")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_state_survives_a_restart_and_a_kill(tmp_path: Path, end: signal.Signals) -> None:
    process, url = start(tmp_path / "data")
    try:
        company = Company(url, "123", None)
        company.put_customer()
        company.post_batch(simple(1) | {"autoUpdate": False})
        posted = company.post_batch(simple(2)).json()
        with pytest.raises(DataInUse):
            hub.app(data=tmp_path / "data")
        process.send_signal(end)
        process.wait(PATIENCE)
        process, url = start(tmp_path / "data")
        again = Company(url, "123", None)
        again.token = company.token
        assert again.ask("GET", f"/batches/{posted['batchNumber']}").json() == posted
        assert again.ask("GET", "/batches", params={"status": "created"}).json()["items"][0]["batchNumber"] == 10_001
        assert again.post_batch(simple(3)).json()["voucherJournalNumber"] == 2
        assert again.admin("GET", "/trial-balance")["sum"] == "0.00"
    finally:
        process.kill()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def test_what_is_posted_cannot_be_changed_even_in_the_database(tmp_path: Path) -> None:
    with running(hub.app(data=tmp_path)) as url:
        company = Company(url, "123", None)
        company.put_customer()
        company.post_batch(simple(1))
    with sqlite3.connect(tmp_path / "hub.sqlite3") as connection:
        for statement in (
            "update entry set amount = 0",
            "delete from entry",
            "update voucher set voucher_number = 2",
            "delete from voucher",
            "delete from batch",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="posted"):
                connection.execute(statement)
    connection.close()
