"""Every error code of the contract becomes the decision that its class asks for, and every failure one of the three."""

from typing import Any

import pytest
import yaml

from bilag.messages import ENTRIES
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.azets.problems import CONFIGURATION, TRANSIENT
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from tests.support.azets.samples import KEY, customer, invoice
from tests.support.azets.scripted_hub import Said, ScriptedHub, page, problem
from tests.support.paths import SHARED

CONTRACT = SHARED / "contracts" / "azets-hub.openapi.yaml"
CODES: list[dict[str, Any]] = yaml.safe_load(CONTRACT.read_text())["x-error-codes"] if CONTRACT.exists() else []
ERRORS = {"transient": Unavailable, "permanent": Refused, "configuration": Misconfigured}
PLACES = [(code, status) for code in CODES for status in code["http"] if status >= 400]
DETAILS = [code for code in CODES if 422 in code["http"] and code["code"] != "validation_failed"]


def refusal(azets: AzetsPlatform) -> EdgeError:
    """What a customer's refusal becomes."""
    with pytest.raises(EdgeError) as caught:
        azets.put_customer(customer())
    return caught.value


def first(error: EdgeError) -> Problem:
    return error.problems[0]


@pytest.mark.parametrize(("code", "status"), PLACES, ids=[f"{code['code']}-{status}" for code, status in PLACES])
def test_each_code_raises_what_its_class_says(
    scripted: ScriptedHub, azets: AzetsPlatform, code: dict[str, Any], status: int
) -> None:
    scripted.on("PUT", "/customers/10042", problem(status, code["code"]))
    error = refusal(azets)
    # A token that is refused twice, the second time fresh from the hub, is a matter of the set-up.
    expected = Misconfigured if code["code"] in ("token_expired", "token_invalid") else ERRORS[code["class"]]
    assert type(error) is expected
    assert first(error).code == code["code"]
    assert first(error).said == "Said by the hub."


@pytest.mark.parametrize("code", DETAILS, ids=[code["code"] for code in DETAILS])
def test_details_decide_over_the_outer_code(scripted: ScriptedHub, azets: AzetsPlatform, code: dict[str, Any]) -> None:
    scripted.on("PUT", "/customers/10042", problem(422, "validation_failed", ("name", code["code"])))
    error = refusal(azets)
    assert type(error) is ERRORS[code["class"]]
    assert [(one.code, one.said) for one in error.problems] == [(code["code"], f"About {code['code']}.")]


def test_the_contract_was_read() -> None:
    if not CODES:
        pytest.skip("../shared is not here: the contract's error codes cannot be compared with")
    assert len(CODES) > 50
    by_class = {name: {code["code"] for code in CODES if code["class"] == name} for name in ERRORS}
    assert by_class["configuration"] == CONFIGURATION
    assert by_class["transient"] == TRANSIENT


def test_mixed_details_are_a_refusal_with_a_problem_for_each(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    mixed = problem(422, "validation_failed", ("orgUnits.5", "org_unit_not_used"), ("email", "email_invalid"))
    scripted.on("PUT", "/customers/10042", mixed)
    error = refusal(azets)
    assert type(error) is Refused
    assert [one.code for one in error.problems] == ["org_unit_not_used", "email_invalid"]


def test_a_refusal_without_details_is_told_as_it_is(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("PUT", "/customers/10042", problem(422, "validation_failed"))
    assert first(refusal(azets)) == Problem(
        "validation_failed", "customer 10042", {"customer": "10042"}, "Said by the hub."
    )


def test_an_unknown_code_waits_for_a_person(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("PUT", "/customers/10042", problem(422, "moon_in_the_wrong_phase"))
    error = refusal(azets)
    assert (type(error), first(error).code) == (Refused, "moon_in_the_wrong_phase")


def test_a_refusal_names_field_and_value(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("PUT", "/customers/10042", problem(422, "validation_failed", ("email", "email_invalid")))
    with pytest.raises(Refused) as caught:
        azets.put_customer(customer(email="kari@"))
    (told,) = caught.value.problems
    assert told.subject == "customer 10042"
    assert (told.facts["field"], told.facts["value"]) == ("email", "kari@")


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("client_unknown", "source_client_id", None),
        ("client_access_denied", "source_client_id", None),
        ("source_client_id_invalid", "source_client_id", "123"),
        ("client_not_under_parent", "parent_client_id", None),
        ("parent_client_id_invalid", "parent_client_id", "S2041"),
    ],
)
def test_a_wrong_client_is_told_of_its_setup_field(
    scripted: ScriptedHub, azets: AzetsPlatform, code: str, field: str, value: str | None
) -> None:
    scripted.on("PUT", "/customers/10042", problem(403, code))
    told = first(refusal(azets))
    assert told.subject == f"setup platform.azets.{field}"
    assert (told.facts["client"], told.facts["parent"]) == ("123", "S2041")
    assert told.facts.get("value") == value


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("form", ["page", "json", "other json"])
def test_5xx_is_tried_again_and_for_writes_in_doubt(
    scripted: ScriptedHub, azets: AzetsPlatform, status: int, form: str
) -> None:
    said = {"page": page(status), "json": problem(status, "ledger_locked"), "other json": Said(status, {"oops": 1})}[
        form
    ]
    scripted.on("POST", "/batches", said).on("GET", "/vouchers", said)
    with pytest.raises(Unavailable) as written:
        azets.post_voucher([invoice()], KEY)
    assert not written.value.outcome_known
    with pytest.raises(Unavailable) as read:
        azets.find_voucher(invoice(), KEY)
    assert read.value.outcome_known


@pytest.mark.parametrize("said", [page(429), problem(429, "rate_limited"), Said(429, {})])
def test_too_many_requests_had_no_effect(scripted: ScriptedHub, azets: AzetsPlatform, said: Said) -> None:
    scripted.on("POST", "/batches", said)
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert caught.value.outcome_known
    assert first(caught.value).code == "rate_limited"


def test_a_transient_code_below_500_had_no_effect(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", problem(422, "validation_failed", ("", "ledger_locked")))
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert caught.value.outcome_known


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_page_where_the_hub_should_refuse_is_tried_again(
    scripted: ScriptedHub, azets: AzetsPlatform, status: int
) -> None:
    scripted.on("POST", "/batches", page(status, "No"))
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert not caught.value.outcome_known


@pytest.mark.parametrize("said", [page(413), problem(413, "request_too_large"), Said(413, text="")])
def test_a_voucher_that_is_too_large_waits_for_a_person(
    scripted: ScriptedHub, azets: AzetsPlatform, said: Said
) -> None:
    scripted.on("POST", "/batches", said)
    with pytest.raises(Refused) as caught:
        azets.post_voucher([invoice()], KEY)
    assert (first(caught.value).code, first(caught.value).subject) == ("request_too_large", "invoice 5001")


@pytest.mark.parametrize(
    "said",
    [
        Said(400, {"details": "none", "message": 5}),
        Said(422, ["a list"]),
        Said(422, "text"),
        Said(409, None),
        Said(400, {"code": 7}),
        Said(400, {"code": "x", "details": [None, 3, {"code": []}]}),
    ],
)
def test_a_refusal_in_another_form_is_still_one(scripted: ScriptedHub, azets: AzetsPlatform, said: Said) -> None:
    scripted.on("PUT", "/customers/10042", said)
    error = refusal(azets)
    assert (type(error), first(error).subject) == (Refused, "customer 10042")


def test_places_that_do_not_exist_harm_nobody(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    places = [
        "vouchers[9].lines[9].vatCode",
        "vouchers[0].lines[7]",
        "[[[",
        "lines[0]",
        "vouchers[0].lines[0].orgUnits",
    ]
    scripted.on("POST", "/batches", problem(422, "validation_failed", *((place, "field_invalid") for place in places)))
    with pytest.raises(Refused) as caught:
        azets.post_voucher([invoice()], KEY)
    subjects = [one.subject for one in caught.value.problems]
    assert subjects == ["invoice 5001", "entry 8", "invoice 5001", "invoice 5001", "entry 1"]


def test_header_faults_carry_what_was_sent(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", problem(422, "validation_failed", ("vouchers[0].paymentId", "kid_invalid")))
    with pytest.raises(Refused) as caught:
        azets.post_voucher([invoice(payment_id="0050014")], KEY)
    (told,) = caught.value.problems
    assert told.subject == "invoice 5001"
    assert told.facts["payment_id"] == told.facts["value"] == "0050014"
    assert (told.facts["customer"], told.facts["number"]) == ("10042", "5001")


def test_a_hub_that_is_not_there_is_unreachable(scripted: ScriptedHub, connect: Any) -> None:
    azets = connect(base_url="http://127.0.0.1:9/v1")
    error = refusal(azets)
    assert isinstance(error, Unavailable)
    assert (first(error).code, error.outcome_known) == ("hub_unreachable", True)


def test_a_lost_answer_is_in_doubt_only_where_something_could_change(
    scripted: ScriptedHub, azets: AzetsPlatform
) -> None:
    scripted.on("POST", "/batches", Said(lost=True)).on("GET", "/vouchers", Said(lost=True))
    with pytest.raises(Unavailable) as written:
        azets.post_voucher([invoice()], KEY)
    assert (first(written.value).code, written.value.outcome_known) == ("hub_timeout", False)
    with pytest.raises(Unavailable) as read:
        azets.find_voucher(invoice(), KEY)
    assert read.value.outcome_known


@pytest.mark.parametrize(
    "said", [Said(200, {"ok": True}), Said(200, text="<html>"), Said(200, {"customerNumber": 10042})]
)
def test_a_customer_is_put_only_when_the_hub_says_so(scripted: ScriptedHub, azets: AzetsPlatform, said: Said) -> None:
    scripted.on("PUT", "/customers/10042", said)
    error = refusal(azets)
    assert isinstance(error, Unavailable)
    assert (first(error).code, error.outcome_known) == ("hub_malformed", False)


def test_bilags_own_codes_have_sentences(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    assert {"hub_malformed", "hub_proxy_error", "hub_refused", "hub_timeout", "hub_unreachable"} <= set(ENTRIES)
