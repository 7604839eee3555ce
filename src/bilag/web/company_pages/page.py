"""Render the whole page Company, whichever of its forms was submitted."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bilag.companies import store
from bilag.members.models import Role
from bilag.web import labels
from bilag.web.company_pages.forms import SCOPE_WORDS, DetailsForm, InviteForm, TokenForm
from bilag.web.decorators import CompanyRequest

MOST_EMAILS = 10


def company_whole(request: CompanyRequest, *, status: int = 200, **changes: Any) -> HttpResponse:
    """Render the page. `changes` replaces a form with the submitted one, or adds a result."""
    access = request.access
    company = access.company
    context: dict[str, Any] = {
        "details": DetailsForm(
            initial={
                "name": company.name,
                "organisation_number": company.organisation_number or "",
                "language": company.language,
            },
            auto_id="details-%s",
        ),
        "invite": InviteForm(auto_id="invite-%s"),
        "token": TokenForm(auto_id="token-%s"),
        "members": company.memberships.select_related("user").order_by("user__name", "user__email"),
        "invitations": company.invitations.order_by("email"),
        "roles": [(str(role), labels.ROLES[role]) for role in Role],
        "emails": company.letters.order_by("-id")[:MOST_EMAILS],
        "now": timezone.now(),
    }
    if access.may_change:
        context["webhook_url"] = store.webhook_url(company)
    if access.may_own:
        context["tokens"] = company.api_tokens.order_by("name", "id")
        context["scope_words"] = SCOPE_WORDS
    return render(request, "bilag/company.html", {**context, **changes}, status=status)
