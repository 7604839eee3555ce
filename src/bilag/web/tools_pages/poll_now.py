"""Poll Moment now, and show the result."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag.companies import lifecycle, store
from bilag.events.models import Event
from bilag.jobs import health
from bilag.members.models import Role
from bilag.transfers import enqueue
from bilag.transfers.models import Kind
from bilag.web import labels
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.whole_numbers import whole_number


@dataclass(frozen=True, slots=True)
class Found:
    """The result for one kind of object: how many Bilag checked, and how many of them it transfers."""

    kind: str
    selected: str
    checked: str


@dataclass(frozen=True, slots=True)
class RequestedPoll:
    """A poll that a user requested. `after` is the newest event before the request; `delay` says why it has to wait."""

    after: int
    event: Event | None
    delay: str

    @property
    def found(self) -> list[Found]:
        """Return the result by kind. Kinds that are switched off are not polled."""
        facts = self.event.facts if self.event else {}
        parts = [(kind, str(facts[kind]).partition("/")) for kind in Kind.values if kind in facts]
        return [Found(str(labels.KINDS_MANY[kind]), selected, checked) for kind, (selected, _slash, checked) in parts]


def requested_poll(company_id: int, query: Mapping[str, str]) -> RequestedPoll | None:
    """Return the poll that the query refers to."""
    mark = whole_number(query.get("polled_after", ""))
    if mark is None:
        return None
    events = Event.objects.filter(company_id=company_id, pk__gt=mark, name__in=("poll", "poll_failed"))
    event = events.exclude(origin="").order_by("pk").first()
    return RequestedPoll(mark, event, "" if event else _delay(company_id))


@company_page(Role.ACCOUNTANT, methods=("POST",))
def poll(request: CompanyRequest) -> HttpResponse:
    """Poll Moment now."""
    company = request.access.company
    newest = Event.objects.filter(company=company).order_by("-at", "-pk").values_list("pk", flat=True).first() or 0
    if lifecycle.is_open(company.pk):
        enqueue.ask_poll(company.pk, origin=origin_of(request))
    return redirect(f"{reverse('tools', args=[company.slug])}?polled_after={newest}#poll")


@company_page(methods=("GET", "HEAD"))
def answer(request: CompanyRequest) -> HttpResponse:
    """Show the result of the poll as soon as it is done."""
    context = {"access": request.access, "requested_poll": requested_poll(request.access.company.pk, request.GET)}
    return HttpResponse(render_to_string("bilag/tools_poll.html", context))


def _delay(company_id: int) -> str:
    """Say why Moment is not polled now; empty if it is."""
    setup = store.load_setup(company_id)
    if not setup.live:
        return _("The integration is switched off, so Bilag does not check Moment.")
    if setup.paused is not None:
        return _("The integration is paused. Bilag checks Moment again when the setup works.")
    if not health.worker_alive():
        return _("Bilag's background service is not running. Bilag checks Moment when it is started.")
    return ""
