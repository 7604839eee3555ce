"""What each accounting system carries, and how that was proved: the page of `bilag platforms`."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bilag.messages.fact_values import render_facts
from bilag.platforms.described import DescribedPlatform, DescribedWay, described_platforms
from bilag.posting.posted import CARRIED
from bilag.web.templatetags.bilag import language, said


@dataclass(frozen=True, slots=True)
class ShownWay:
    """One way of a platform in the language of the page. `fields` are names of a voucher's fields, and whether they arrive."""

    title: str
    fields: tuple[tuple[str, bool], ...]
    offers: tuple[tuple[str, bool], ...]
    proof: str


@dataclass(frozen=True, slots=True)
class ShownPlatform:
    """A platform. `missing` are the environment variables without which nobody can use it here."""

    label: str
    ways: tuple[ShownWay, ...]
    missing: tuple[str, ...]


@login_required
@require_safe
def platforms(request: HttpRequest) -> HttpResponse:
    """Show every accounting system. The variables that are missing are named to operators only."""
    operator = getattr(request.user, "is_operator", False)
    shown = [_shown(one) for one in described_platforms()]
    return render(request, "bilag/platforms.html", {"platforms": shown, "operator": operator})


def _shown(one: DescribedPlatform) -> ShownPlatform:
    return ShownPlatform(said(one.kind.label), tuple(map(_shown_way, one.ways)), one.missing)


def _shown_way(described: DescribedWay) -> ShownWay:
    way, able = described.way, described.way.capabilities
    offers = (
        (_("Expenses to Moment"), able.expenses),
        (_("The invoice as a document at the voucher"), able.attachments),
        (_("Accrual of a line by the accounting system"), able.line_accrual),
    )
    fields = tuple((_name(field), field not in able.not_carried) for field in CARRIED)
    return ShownWay(
        way.name.in_language(language()) if way.name else "", fields, offers, way.proof.in_language(language())
    )


def _name(field: str) -> str:
    name = render_facts({"fields": field}, language())["fields"]
    return name[:1].upper() + name[1:]
