"""Create and revoke API tokens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag.members import tokens
from bilag.members.models import Role
from bilag.web.company_pages.forms import TokenForm
from bilag.web.company_pages.page import company_whole
from bilag.web.decorators import CompanyRequest, company_page, origin_of


@company_page(Role.OWNER, methods=("POST",))
def make(request: CompanyRequest) -> HttpResponse:
    """Create a token. It is displayed in the response to this request only."""
    form = TokenForm(request.POST, auto_id="token-%s")
    if not form.is_valid():
        return company_whole(request, token=form, status=422)
    data = form.cleaned_data
    row, secret = tokens.make(
        request.access.company, data["name"], form.scopes, by=origin_of(request), last_day=data["last_day"]
    )
    return company_whole(request, made=row, secret=secret)


@company_page(Role.OWNER, methods=("POST",))
def revoke(request: CompanyRequest, token_id: int) -> HttpResponse:
    """Revoke a token."""
    row = tokens.revoke(request.access.company, token_id, by=origin_of(request))
    if row is None:
        messages.error(request, _("The token has already been revoked."), extra_tags="warn")
    else:
        text = _("“%(name)s” is revoked. Programs that use it no longer have access.")
        messages.success(request, text % {"name": row.name}, extra_tags="good")
    return redirect(reverse("company", args=[request.access.company.slug]) + "#tokens")
