"""Test the webhook address by sending a signed request to it, or replace the address."""

import json
import time

import structlog
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag.companies import details, store
from bilag.companies.models import Company
from bilag.companies.secrets import new_token
from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.members.models import Role
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.wire.http import ConnectionFault, WireClient

log = structlog.get_logger(__name__)
TEST = "bilagTest"
"""The only key in the body of a test request."""
SALT = "bilag.webhook-test"
LONGEST_SECONDS = 10


@company_page(Role.MEMBER, methods=("POST",))
def send_test(request: CompanyRequest) -> HttpResponse:
    """Send a request to the address, as Moment would, and show whether it arrived."""
    company = request.access.company
    started = time.perf_counter()
    test, fault = _send(company, origin_of(request))
    context = {
        "arrived": Event.objects.filter(company=company, name="webhook_test", facts__test=test).first(),
        "fault": fault,
        "milliseconds": round((time.perf_counter() - started) * 1000),
    }
    return render(request, "bilag/webhook_tested.html", context)


@company_page(Role.OWNER, methods=("POST",))
def renew(request: CompanyRequest) -> HttpResponse:
    """Replace the webhook address."""
    details.new_webhook_address(request.access.company.pk, origin=origin_of(request))
    text = _("The address was replaced. Enter the new address in Moment now. The old one no longer works.")
    messages.warning(request, text, extra_tags="warn")
    return redirect(reverse("company", args=[request.access.company.slug]) + "#webhook")


def arrived(company_id: int, body: bytes) -> bool:
    """Return whether the body is a test request that Bilag sent. If so, record that it arrived."""
    try:
        signed = signing.loads(json.loads(body)[TEST], salt=SALT, max_age=LONGEST_SECONDS * 2)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, signing.BadSignature):
        return False
    if signed["company"] != company_id:
        return False
    record(company_id, EventName.WEBHOOK_TEST, origin=signed["by"], test=signed["test"])
    return True


def _send(company: Company, by: str) -> tuple[str, str]:
    """Send the test request. Return its id, and a sentence if it failed."""
    test = new_token()[:12]
    base, _slash, token = store.webhook_url(company).rpartition("/")
    body = {TEST: signing.dumps({"company": company.pk, "by": by, "test": test}, salt=SALT)}
    client = WireClient("bilag", base, read_timeout=LONGEST_SECONDS, secrets=frozenset({token}))
    try:
        answer = client.send("POST", token, json_body=body)
    except ConnectionFault as fault:
        log.info("webhook.test_failed", company=company.pk, error=str(fault))
        if fault.outcome_known:
            return test, _("Bilag could not connect to the address.")
        return test, _("The address did not answer.")
    finally:
        client.close()
    return test, "" if answer.status == 202 else _("The address answered with HTTP status %(status)s.") % {
        "status": answer.status
    }
