"""The webhook address: tried by sending oneself a hint, or replaced by another one."""

import json
import time

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

TEST = "bilagTest"
"""The only name in the body of a hint that tries the address."""
SALT = "bilag.webhook-test"
LONGEST_SECONDS = 10


@company_page(Role.MEMBER, methods=("POST",))
def send_test(request: CompanyRequest) -> HttpResponse:
    """Send a hint to the address as Moment would, and tell whether it arrived here."""
    company = request.access.company
    started = time.perf_counter()
    answered, fault = _send(company, origin_of(request))
    context = {
        "arrived": Event.objects.filter(company=company, name="webhook_test", facts__test=answered).first(),
        "fault": fault,
        "milliseconds": round((time.perf_counter() - started) * 1000),
    }
    return render(request, "bilag/webhook_tested.html", context)


@company_page(Role.OWNER, methods=("POST",))
def renew(request: CompanyRequest) -> HttpResponse:
    """Another address in place of this one."""
    details.new_webhook_address(request.access.company.pk, origin=origin_of(request))
    text = _("The address was replaced. Put the new one into Moment now: the old one is worth nothing.")
    messages.warning(request, text, extra_tags="warn")
    return redirect(reverse("company", args=[request.access.company.slug]) + "#webhook")


def arrived(company_id: int, body: bytes) -> bool:
    """Whether the body of a hint is one that tries the address, sent from here; that it came through is noted."""
    try:
        told = signing.loads(json.loads(body)[TEST], salt=SALT, max_age=LONGEST_SECONDS * 2)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, signing.BadSignature):
        return False
    if told["company"] != company_id:
        return False
    record(company_id, EventName.WEBHOOK_TEST, origin=told["by"], test=told["test"])
    return True


def _send(company: Company, by: str) -> tuple[str, str]:
    """The mark of the hint that was sent, and why it did not go through, if so."""
    test = new_token()[:12]
    base, _slash, token = store.webhook_url(company).rpartition("/")
    body = {TEST: signing.dumps({"company": company.pk, "by": by, "test": test}, salt=SALT)}
    client = WireClient("bilag", base, read_timeout=LONGEST_SECONDS, secrets=frozenset({token}))
    try:
        answer = client.send("POST", token, json_body=body)
    except ConnectionFault as fault:
        return test, str(fault)
    finally:
        client.close()
    return test, "" if answer.status == 202 else _("it answered %(status)s") % {"status": answer.status}
