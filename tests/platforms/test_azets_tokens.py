"""Signing in: by password or key, renewed in time and when refused, by one at a time; and the hub's limits kept."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bilag.platforms.azets.platform import AzetsPlatform
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable
from bilag.wire.recording import recording
from bilag_sandbox import hub
from tests.support.azets.office import API_KEY, PASSWORD, Office
from tests.support.azets.samples import KEY, PROFILE, customer, invoice
from tests.support.azets.scripted_hub import Asked, Said, ScriptedHub, items, page, problem
from tests.support.held_time import HeldTime
from tests.support.patience import PATIENCE

Connect = Callable[..., AzetsPlatform]
STORED = Said(200, {"customerNumber": "10042"})


def tokens_used(scripted: ScriptedHub) -> list[str]:
    """The bearer tokens of all requests but the sign-ins."""
    return [
        one.headers["authorization"].removeprefix("Bearer ") for one in scripted.asked if "authorization" in one.headers
    ]


def signed_in(scripted: ScriptedHub) -> int:
    return len(scripted.seen("POST", "/token"))


def test_user_name_and_password_give_a_token(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    azets.chart()
    (asked,) = scripted.seen("POST", "/token")
    assert asked.body == {"username": "moment-fjellvann", "password": PASSWORD}
    assert "x-api-key" not in asked.headers
    assert "authorization" not in asked.headers
    assert set(tokens_used(scripted)) == {"token-number-1"}


def test_a_key_alone_gives_a_token(scripted: ScriptedHub, connect: Connect) -> None:
    connect(username="", password="", api_key=API_KEY).chart()
    (asked,) = scripted.seen("POST", "/token")
    assert (asked.body, asked.headers["x-api-key"]) == ({}, API_KEY)


def test_both_are_sent_where_both_are_set(scripted: ScriptedHub, connect: Connect) -> None:
    connect(api_key=API_KEY).chart()
    (asked,) = scripted.seen("POST", "/token")
    assert (asked.body["username"], asked.headers["x-api-key"]) == ("moment-fjellvann", API_KEY)


def test_the_sandbox_takes_each_of_the_three_ways(visma: Office) -> None:
    for values in ({}, {"username": "", "password": "", "api_key": hub.API_KEY}, {"api_key": hub.API_KEY}):
        visma.platform(**values).chart()


def test_a_token_is_used_until_shortly_before_its_end(
    scripted: ScriptedHub, azets: AzetsPlatform, held_time: HeldTime
) -> None:
    scripted.on("POST", "/token", scripted.token("short-lived", 100), scripted.token("long-lived", 1200))
    azets.find_voucher(invoice(), KEY)
    azets.find_voucher(invoice(), KEY, thorough=False)
    held_time.seconds += 99
    azets.find_voucher(invoice(), KEY, thorough=False)
    assert tokens_used(scripted) == ["short-lived"] * 3 + ["long-lived"]


@pytest.mark.parametrize(
    "refusal", [problem(401, "token_expired"), problem(401, "token_invalid"), page(401), Said(401, {})]
)
def test_a_refused_token_is_renewed_and_the_request_repeated_once(
    scripted: ScriptedHub, azets: AzetsPlatform, refusal: Said
) -> None:
    scripted.on("PUT", "/customers/10042", refusal, STORED)
    azets.put_customer(customer())
    assert tokens_used(scripted) == ["token-number-1", "token-number-2"]
    first, second = scripted.seen("PUT", "/customers/10042")
    assert first.body == second.body


@pytest.mark.parametrize("refusal", [problem(401, "token_expired"), problem(401, "token_invalid"), page(401)])
def test_a_fresh_token_that_is_refused_is_a_matter_of_the_setup(
    scripted: ScriptedHub, azets: AzetsPlatform, refusal: Said
) -> None:
    scripted.on("PUT", "/customers/10042", refusal)
    with pytest.raises(Misconfigured) as caught:
        azets.put_customer(customer())
    assert caught.value.problems[0].subject == "setup platform.azets.username"
    assert len(scripted.seen("PUT")) == 2
    assert signed_in(scripted) == 2


def test_a_voucher_is_not_doubled_by_a_renewal(visma: Office) -> None:
    azets = visma.platform()
    azets.chart()
    visma.fault("unauthorized_html", "createBatch")
    assert azets.post_voucher([invoice()], KEY).state == "posted"
    assert len(visma.admin("GET", "/ledger")) == 1


def test_ten_threads_with_an_old_token_renew_it_once(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    azets.find_voucher(invoice(), KEY, thorough=False)
    all_here = threading.Barrier(10, timeout=PATIENCE)

    def refused_together(asked: Asked) -> Said:
        if asked.headers["authorization"] == "Bearer token-number-1":
            all_here.wait()
            return problem(401, "token_expired")
        return items()

    scripted.on("GET", "/vouchers", refused_together)
    with ThreadPoolExecutor(10) as pool:
        states = list(pool.map(lambda _: azets.find_voucher(invoice(), KEY, thorough=False).state, range(10)))
    assert states == ["absent"] * 10
    assert signed_in(scripted) == 2
    assert tokens_used(scripted).count("token-number-2") == 10


def test_ten_threads_sign_in_once(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    all_here = threading.Barrier(11, timeout=PATIENCE)

    def when_all_are_here(_: Asked) -> Said:
        all_here.wait()
        return scripted.token()

    def find(_: int) -> None:
        threading.Thread(target=all_here.wait).start()
        azets.find_voucher(invoice(), KEY)

    scripted.on("POST", "/token", when_all_are_here)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(find, range(10)))
    assert signed_in(scripted) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "password"), ({"username": "", "password": "", "api_key": "wrong-key"}, "api_key")],
)
def test_wrong_credentials_are_told_of_the_field(visma: Office, values: dict[str, str], field: str) -> None:
    azets = visma.platform(**({"password": "wrong-password"} | values))
    with pytest.raises(Misconfigured) as caught:
        azets.put_customer(customer())
    told = caught.value.problems[0]
    assert told.code == "invalid_credentials"
    assert told.subject in (f"setup platform.azets.{field}", "setup platform.azets.username")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (page(401), Misconfigured),
        (problem(401, "user_on_holiday"), Misconfigured),
        (problem(400, "credentials_missing"), Misconfigured),
        (page(502), Unavailable),
        (page(404), Unavailable),
        (problem(503, "hub_unavailable"), Unavailable),
        (problem(429, "rate_limited"), Unavailable),
        (Said(200, {"access_token": "x", "expires_in": "soon"}), Unavailable),
        (Said(200, {"access_token": "", "expires_in": 5}), Unavailable),
        (Said(200, {"access_token": "line\nbreak", "expires_in": 5}), Unavailable),
        (Said(200, text="<html>"), Unavailable),
        (Said(200, ["token"]), Unavailable),
        (Said(lost=True), Unavailable),
    ],
)
def test_a_sign_in_that_fails_had_no_effect_on_anything(
    scripted: ScriptedHub, azets: AzetsPlatform, said: Said, error: type[EdgeError]
) -> None:
    scripted.on("POST", "/token", said)
    with pytest.raises(error) as caught:
        azets.post_voucher([invoice()], KEY)
    named = caught.value.problems[0].subject.startswith("setup ")
    if isinstance(caught.value, Unavailable):
        assert caught.value.outcome_known
        assert named == (said == page(404)), "only a wrong address is a matter of the setup"
    else:
        assert named
    assert scripted.seen("POST", "/batches") == []


def test_a_wrong_address_points_to_the_setup(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/token", page(404, "Not Found"))
    (step,) = azets.check()
    assert (step.name, step.unavailable) == ("signed_in", True)
    assert step.problems[0].subject == "setup platform.azets.base_url"


@pytest.mark.parametrize("kind", ["seconds", "date", "none"])
def test_retry_after_is_passed_on(scripted: ScriptedHub, azets: AzetsPlatform, kind: str) -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    header = {"seconds": {"Retry-After": "60"}, "date": {"Retry-After": in_a_minute}, "none": {}}[kind]
    refusal = problem(429, "rate_limited")
    scripted.on("GET", "/vouchers", Said(429, refusal.value, headers=header))
    with pytest.raises(Unavailable) as caught:
        azets.find_voucher(invoice(), KEY)
    if kind == "none":
        assert caught.value.retry_after is None
    else:
        assert caught.value.retry_after in (59, 60, 61)
    assert caught.value.outcome_known


def test_after_a_429_nothing_goes_out_until_the_time_is_over(
    scripted: ScriptedHub, azets: AzetsPlatform, held_time: HeldTime
) -> None:
    scripted.on(
        "GET", "/vouchers", Said(429, problem(429, "rate_limited").value, headers={"Retry-After": "7"}), items()
    )
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            azets.find_voucher(invoice(), KEY)
        assert caught.value.retry_after in (7, 8, 9)
    assert len(scripted.seen("GET", "/vouchers")) == 1


def test_a_second_is_waited_for_and_costs_nobody_a_retry(
    scripted: ScriptedHub, azets: AzetsPlatform, held_time: HeldTime
) -> None:
    refusal = Said(429, problem(429, "rate_limited").value, headers={"Retry-After": "1"})
    scripted.on("GET", "/vouchers", refusal, items())
    with pytest.raises(Unavailable):
        azets.find_voucher(invoice(), KEY)
    assert azets.find_voucher(invoice(), KEY).state == "absent"
    assert sum(held_time.slept) > 0.9


def test_a_used_up_minute_is_waited_for(scripted: ScriptedHub, azets: AzetsPlatform, held_time: HeldTime) -> None:
    headers = {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "31"}
    scripted.on("PUT", "/customers/10042", Said(200, {"customerNumber": "10042"}, headers=headers))
    azets.put_customer(customer())
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert held_time.slept == []
    assert caught.value.outcome_known
    assert 31 <= caught.value.retry_after <= 38
    assert scripted.seen("POST", "/batches") == []


@pytest.mark.parametrize(
    "headers", [{"X-RateLimit-Remaining": "0"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "x"}]
)
def test_odd_limit_headers_stop_nothing(scripted: ScriptedHub, azets: AzetsPlatform, headers: dict[str, str]) -> None:
    scripted.on("GET", "/vouchers", Said(200, items().value, headers=headers))
    for _ in range(2):
        assert azets.find_voucher(invoice(), KEY, thorough=False).state == "absent"


def test_a_limit_reached_after_posting_does_not_hide_the_posting(visma: Office) -> None:
    azets = visma.platform()
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}
    visma.fault("patch", "createBatch", json={}, headers=headers)
    standing = azets.post_voucher([invoice()], KEY)
    assert standing.state == "posted"
    assert standing.journal_number is not None


def test_no_secret_in_any_record_or_text(
    scripted: ScriptedHub, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    azets = connect(api_key=API_KEY)
    echo = f"password {PASSWORD} of key {API_KEY} gave token-number-1"
    scripted.on("GET", "/profile", Said(200, PROFILE | {"echo": echo}))
    scripted.on("PUT", "/customers/10042", problem(422, "validation_failed", ("name", "field_invalid"), message=echo))
    scripted.on("PUT", "/customers/10043", problem(422, "field_invalid", message=echo))
    told: list[Any] = []
    with recording() as exchanges:
        list(azets.check())
        for number in ("10042", "10043"):
            with pytest.raises(EdgeError) as caught:
                azets.put_customer(customer(number))
            told += [caught.value, caught.value.problems]
    assert len(exchanges) > 6
    everything = repr((exchanges, told, azets, vars(azets), vars(azets._client))) + caplog.text
    for secret in (PASSWORD, API_KEY, "token-number-1"):
        if secret in everything:
            at = everything.index(secret)
            pytest.fail(f"a secret is shown: …{everything[max(0, at - 120) : at + 10]}")
