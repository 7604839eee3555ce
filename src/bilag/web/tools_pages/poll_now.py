"""Ask Moment now: the asking, and what it found."""

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

LONGEST_MARK = 18


@dataclass(frozen=True, slots=True)
class Found:
    """What Moment had of one kind: how many were looked at, how many of them go."""

    kind: str
    wanted: str
    seen: str


@dataclass(frozen=True, slots=True)
class AskedPoll:
    """A poll that was asked for by hand. `after` is the newest event before it was asked for."""

    after: int
    event: Event | None
    held_back: str

    @property
    def found(self) -> list[Found]:
        """What it found, by kind; kinds that are switched off are not asked for."""
        facts = self.event.facts if self.event else {}
        parts = [(kind, str(facts[kind]).partition("/")) for kind in Kind.values if kind in facts]
        return [Found(str(labels.KINDS_MANY[kind]), wanted, seen) for kind, (wanted, _slash, seen) in parts]


def asked_poll(company_id: int, query: Mapping[str, str]) -> AskedPoll | None:
    """The poll that an address tells of."""
    mark = query.get("polled_after", "")
    if not (mark.isascii() and mark.isdigit() and len(mark) <= LONGEST_MARK):
        return None
    events = Event.objects.filter(company_id=company_id, pk__gt=int(mark), name__in=("poll", "poll_failed"))
    event = events.exclude(origin="").order_by("pk").first()
    return AskedPoll(int(mark), event, "" if event else _not_asked(company_id))


@company_page(Role.MEMBER, methods=("POST",))
def ask(request: CompanyRequest) -> HttpResponse:
    """Ask Moment now."""
    company = request.access.company
    newest = Event.objects.filter(company=company).order_by("-at", "-pk").values_list("pk", flat=True).first() or 0
    if lifecycle.is_open(company.pk):
        enqueue.ask_poll(company.pk, origin=origin_of(request))
    return redirect(f"{reverse('tools', args=[company.slug])}?polled_after={newest}#poll")


@company_page(methods=("GET", "HEAD"))
def answer(request: CompanyRequest) -> HttpResponse:
    """What the poll found, as soon as it was done."""
    asked = asked_poll(request.access.company.pk, request.GET)
    context = {"access": request.access, "asked_poll": asked}
    return HttpResponse(render_to_string("bilag/tools_poll.html", context))


def _not_asked(company_id: int) -> str:
    """Why Moment is not asked; empty when it is."""
    setup = store.load_setup(company_id)
    if not setup.live:
        return _("The company is not live, so Moment is not asked.")
    if setup.paused is not None:
        return _("The company is paused, so Moment is not asked before the setup works again.")
    if not health.worker_alive():
        return _("Bilag's worker does not run. Moment is asked when it is started.")
    return ""
