"""Members of a company: invited, given another role, taken out."""

from smtplib import SMTPException

import structlog
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag.members import joining
from bilag.members.models import Invitation, Membership, Role
from bilag.web import labels
from bilag.web.company_pages.forms import InviteForm, RoleForm
from bilag.web.company_pages.mail import send_invitation
from bilag.web.company_pages.page import company_whole
from bilag.web.decorators import CompanyRequest, company_page, origin_of

log = structlog.get_logger(__name__)


@company_page(Role.OWNER, methods=("POST",))
def invite(request: CompanyRequest) -> HttpResponse:
    """Send an invitation by e-mail; when that fails, there is none."""
    form = InviteForm(request.POST, auto_id="invite-%s")
    if form.is_valid() and _sent(request, form):
        email = form.cleaned_data["email"]
        text = _("%(email)s was invited. The link in the e-mail is good for %(days)s days.")
        messages.success(request, text % {"email": email, "days": joining.IN_FORCE_FOR.days}, extra_tags="good")
        return redirect(_members_of(request))
    return company_whole(request, invite=form, status=422)


@company_page(Role.OWNER, methods=("POST",))
def invite_again(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """The same invitation with a new link; the old link is worth nothing any more."""
    row = Invitation.objects.filter(company=request.access.company, pk=invitation_id).first()
    if row is None:
        messages.error(request, _("That invitation is used or withdrawn already."), extra_tags="warn")
        return redirect(_members_of(request))
    form = InviteForm({"email": row.email, "role": row.role}, auto_id="invite-%s")
    if form.is_valid() and _sent(request, form):
        messages.success(request, _("%(email)s got a new link.") % {"email": row.email}, extra_tags="good")
        return redirect(_members_of(request))
    return company_whole(request, invite=form, status=422)


@company_page(Role.OWNER, methods=("POST",))
def withdraw(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    if joining.withdraw(request.access.company, invitation_id, by=origin_of(request)):
        messages.success(request, _("The invitation is withdrawn: its link is worth nothing."), extra_tags="good")
    else:
        messages.error(request, _("That invitation is used or withdrawn already."), extra_tags="warn")
    return redirect(_members_of(request))


@company_page(Role.OWNER, methods=("POST",))
def change(request: CompanyRequest, user_id: int) -> HttpResponse:
    """Another role for a member."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role."), extra_tags="bad")
        return redirect(_members_of(request))
    role = Role(form.cleaned_data["role"])
    try:
        row = joining.change_role(request.access.company, user_id, role, by=origin_of(request))
    except (joining.LastOwner, Membership.DoesNotExist) as fault:
        return _refused(request, fault)
    words_of = {"name": row.user.shown_name, "role": str(labels.ROLES[role]).lower()}
    messages.success(request, _("%(name)s is %(role)s now.") % words_of, extra_tags="good")
    return _on(request, user_id)


@company_page(Role.OWNER, methods=("POST",))
def remove(request: CompanyRequest, user_id: int) -> HttpResponse:
    """Take a member out."""
    try:
        user = joining.remove(request.access.company, user_id, by=origin_of(request))
    except (joining.LastOwner, Membership.DoesNotExist) as fault:
        return _refused(request, fault)
    text = _("%(name)s is no member any more, and sees nothing of the company from now on.")
    messages.success(request, text % {"name": user.shown_name}, extra_tags="good")
    return _on(request, user_id)


def _on(request: CompanyRequest, user_id: int) -> HttpResponse:
    """Back to the members; to the companies for one who took away their own right to see them."""
    if user_id == request.user.pk and not request.user.is_operator:
        return redirect("home")
    return redirect(_members_of(request))


def _refused(request: CompanyRequest, fault: Exception) -> HttpResponse:
    if isinstance(fault, joining.LastOwner):
        text = _("A company must have an owner. Make somebody else owner first.")
    else:
        text = _("That person is no member any more.")
    messages.error(request, text, extra_tags="bad")
    return redirect(_members_of(request))


def _sent(request: CompanyRequest, form: InviteForm) -> bool:
    """Whether the invitation was written and its e-mail taken; the form tells why not."""
    company, role = request.access.company, Role(form.cleaned_data["role"])
    try:
        with transaction.atomic():
            row, secret = joining.invite(company, form.cleaned_data["email"], role, by=origin_of(request))
            send_invitation(row, secret, sender=request.user.shown_name)
    except joining.AlreadyMember:
        form.add_error("email", _("That person is a member already. Change the role in the list above."))
    except (SMTPException, OSError) as fault:
        log.warning("invitation.not_sent", company=company.pk, error=str(fault))
        text = _("Nobody was invited, as the e-mail was not taken: %(error)s. Check the address and try again.")
        form.add_error("email", text % {"error": _in_words(fault)})
    else:
        return True
    return False


def _in_words(fault: Exception) -> str:
    """What the mail server said, in one line."""
    return " ".join(str(fault).split())[:300] or type(fault).__name__


def _members_of(request: CompanyRequest) -> str:
    return reverse("company", args=[request.access.company.slug]) + "#members"
