"""The remedies of what the hub and Moment answer or do not answer, carried out literally."""

import errno
import socket
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from bilag.wire.shared_transport import open_connections
from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person
from tests.support.patience import wait_for
from tests.support.world import company_document

CASES = Cases()
NOTHING = "do nothing"


def by_itself(code: str, **fault: Any) -> None:
    """A fault of the hub that passes: Bilag retries automatically, and the person does nothing."""

    def steps(person: Person) -> None:
        number = person.invoice()
        person.world.hub.fault(**{"operation": "listVouchers", **fault})
        person.wait()
        person.sees(code, number)
        person.world.pass_doubt()
        person.wait_long()
        person.done(number)

    CASES.add(code, NOTHING, steps)


by_itself("hub_unavailable", kind="hub_unavailable")
by_itself("hub_timeout", kind="lost_answer", operation="createBatch")
by_itself("hub_timeout", kind="closed_before", operation="createBatch")
by_itself("hub_malformed", kind="answer", status=200, json={"items": "none"})
by_itself("hub_proxy_error", kind="bad_gateway")
by_itself("hub_proxy_error", kind="bad_gateway", operation="createBatch", work="before")
by_itself("ledger_unavailable", kind="ledger_unavailable")
by_itself("rate_limited", kind="rate_limited", retryAfter="1")
by_itself("internal_error", kind="internal_error", operation="createBatch", work="before")
by_itself("batch_busy", kind="answer", operation="createBatch", status=409, json={"code": "batch_busy", "message": "…"})


@CASES.of("hub_unreachable", NOTHING)
def _port_closed_for_a_while(person: Person) -> None:
    number = person.invoice()
    address_of_hub(person, "http://127.0.0.1:9/v1")
    person.wait()
    person.sees("hub_unreachable", number)
    address_of_hub(person, None)
    person.wait_long()
    person.done(number)


CASES.add("hub_unreachable", "check the address in the setup", _port_closed_for_a_while)


def address_of_hub(person: Person, address: str | None) -> None:
    """The address that the setup names, None for the right one."""
    first = company_document(person.world.moment.url, person.world.hub.url, {})["platform"]["azets"]
    person.setup(platform={"azets": {**first, "base_url": address or first["base_url"]}})


@CASES.of("own_limit_reached", NOTHING)
def _a_connection_is_free_again(person: Person) -> None:
    number = person.invoice()
    person.world.poll()
    wait_for(lambda: not open_connections(), "idle connections are closed")
    with pytest.MonkeyPatch.context() as patched:
        full = OSError(errno.EMFILE, "Too many open files")
        patched.setattr(socket, "create_connection", Mock(side_effect=full))
        person.world.work(rounds=1)
    person.sees("own_limit_reached", number)
    person.wait_long()
    person.done(number)


CASES.add("own_limit_reached", "the administrator raises the limit", _a_connection_is_free_again)


@CASES.of("ledger_locked", NOTHING)
def _unlocked_by_itself(person: Person) -> None:
    number = person.invoice()
    person.accounting("POST", "posting", {"effect": "locked", "times": 2})
    person.wait()
    person.sees("ledger_locked", number)
    person.wait_long()
    person.done(number)


@CASES.of("ledger_locked", "the accountant ends the exclusive access")
def _unlocked(person: Person) -> None:
    number = person.invoice()
    person.accounting("POST", "posting", {"effect": "locked", "times": None})
    person.wait()
    person.wait_long()
    person.sees("ledger_locked", number)
    person.accounting("DELETE", "posting")
    person.wait_long()
    person.done(number)


@CASES.of("moment_unavailable", NOTHING)
def _moment_is_back(person: Person) -> None:
    number = person.invoice()
    person.world.moment.fault(kind="unavailable", operation="getInvoice")
    person.wait()
    person.sees("moment_unavailable", number)
    person.wait_long()
    person.done(number)


@CASES.of("moment_refused", "give the user access in Moment, retry")
def _access_in_moment(person: Person) -> None:
    number = person.invoice()
    answer = {"status": 422, "message": "No access"}
    person.world.moment.fault(kind="answer", operation="getInvoice", status=422, json=answer)
    person.wait()
    person.sees("moment_refused", number)
    person.retry(number)
    person.done(number)


@CASES.of("moment_malformed", "the administrator has the error fixed, retry")
def _readable_again(person: Person) -> None:
    number = person.invoice()
    person.world.moment.fault(kind="patch", operation="getInvoice", json={"totalAmount": "twelve"})
    person.wait()
    person.sees("moment_malformed", number)
    person.retry(number)
    person.done(number)


def retried(
    code: str, way: str, *, place: str = "", act: Callable[[Person, int], Any] | None = None, **fault: Any
) -> None:
    """The hub refuses, the person does what the remedy says, and retries."""

    def steps(person: Person) -> None:
        number = person.invoice()
        person.hub_refuses(code, place, **fault)
        person.wait()
        person.sees(code, number)
        if act is not None:
            act(person, number)
        person.retry(number)
        person.done(number)

    CASES.add(code, way, steps)


def shorter_text(person: Person, number: int) -> None:
    person.edit(number, description="Honorar")


REFERENCE = "vouchers[0].yourReference"
retried("request_malformed", "the administrator has the error fixed, retry", status=400)
retried("field_not_allowed", "the administrator has the error fixed, retry", place=REFERENCE)
retried("cursor_invalid", "retry", operation="listVouchers", status=400)
retried("hub_refused", "correct what the message describes, retry", act=shorter_text, json={"message": "Ukjent feil"})
retried("validation_failed", "correct what the message describes, retry", act=shorter_text)
retried(
    "field_required",
    "fill it in in Moment, retry",
    place=REFERENCE,
    act=lambda person, number: person.edit(number, yourReference="Kari"),
)
retried(
    "field_invalid",
    "correct it in Moment, retry",
    place=REFERENCE,
    act=lambda person, number: person.edit(number, yourReference="Kari"),
)
retried("field_too_long", "shorten it in Moment, retry", place="vouchers[0].text", act=shorter_text)
retried("batch_unknown", "retry", status=404)
retried("voucher_unknown", "retry", operation="listVouchers", status=404)
retried("batch_already_updated", "retry", status=409)
retried("document_type_not_allowed", "save it as PDF, or attach it manually", operation="listVouchers")


@CASES.of("batch_update_failed", "correct what the message describes, retry")
def _could_not_post(person: Person) -> None:
    number = person.invoice()
    person.accounting("POST", "posting", {"effect": "refused", "errorMessage": "Bilagsarten er sperret."})
    person.wait()
    person.sees("batch_update_failed", number)
    person.retry(number)
    person.done(number)


@CASES.of("unknown", "correct what the message describes, retry")
def _unknown_code(person: Person) -> None:
    from bilag.messages.render import entry_of

    number = person.invoice()
    person.hub_refuses("moon_is_full")
    person.wait()
    person.sees("moon_is_full", number)
    person.seen.add(entry_of("moon_is_full").code)
    person.retry(number)
    person.done(number)


def too_large(person: Person) -> int:
    number = person.invoice()
    person.hub_refuses("request_too_large", status=413)
    person.wait()
    person.sees("request_too_large", number)
    return number


@CASES.of("request_too_large", "post manually, and set to do not transfer")
def _too_large_posted_manually(person: Person) -> None:
    person.post_manually_instead(too_large(person))


@CASES.of("request_too_large", "credit, create several smaller ones, close with the credit note")
def _several_smaller(person: Person) -> None:
    number = too_large(person)
    half = {"line": {"netAmount": 5000, "vatAmount": 1250}, "netAmount": 5000, "vatAmount": 1250, "totalAmount": 6250}
    smaller = [person.invoice(**half) for _ in range(2)]
    person.credit_create_and_close("request_too_large", number, smaller[0])
    person.done(smaller[1])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
