"""Invite members, change their roles, and remove them."""

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
from bilag.notifications.server_answers import server_answer
from bilag.web import labels
from bilag.web.company_pages.forms import InviteForm, RoleForm
from bilag.web.company_pages.mail import send_invitation
from bilag.web.company_pages.page import company_whole
from bilag.web.decorators import CompanyRequest, company_page, origin_of

log = structlog.get_logger(__name__)


@company_page(Role.OWNER, methods=("POST",))
def invite(request: CompanyRequest) -> HttpResponse:
    """Send an invitation by email. If the email is not accepted, there is no invitation."""
    form = InviteForm(request.POST, auto_id="invite-%s")
    if form.is_valid() and _sent(request, form):
        email = form.cleaned_data["email"]
        text = _("%(email)s was invited. The link in the email is valid for %(days)s days.")
        messages.success(request, text % {"email": email, "days": joining.VALID_FOR.days}, extra_tags="good")
        return redirect(_members_of(request))
    return company_whole(request, invite=form, status=422)


@company_page(Role.OWNER, methods=("POST",))
def invite_again(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """Send the invitation again with a new link. The old link stops working."""
    row = Invitation.objects.filter(company=request.access.company, pk=invitation_id).first()
    if row is None:
        messages.error(request, _("The invitation has already been used or withdrawn."), extra_tags="warn")
        return redirect(_members_of(request))
    form = InviteForm({"email": row.email, "role": row.role}, auto_id="invite-%s")
    if form.is_valid() and _sent(request, form):
        messages.success(request, _("Bilag sent a new link to %(email)s.") % {"email": row.email}, extra_tags="good")
        return redirect(_members_of(request))
    return company_whole(request, invite=form, status=422)


@company_page(Role.OWNER, methods=("POST",))
def withdraw(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    if joining.withdraw(request.access.company, invitation_id, by=origin_of(request)):
        messages.success(request, _("The invitation is withdrawn. The link no longer works."), extra_tags="good")
    else:
        messages.error(request, _("The invitation has already been used or withdrawn."), extra_tags="warn")
    return redirect(_members_of(request))


@company_page(Role.OWNER, methods=("POST",))
def change(request: CompanyRequest, user_id: int) -> HttpResponse:
    """Change the role of a member."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role."), extra_tags="bad")
        return redirect(_members_of(request))
    role = Role(form.cleaned_data["role"])
    try:
        row = joining.change_role(request.access.company, user_id, role, by=origin_of(request))
    except (joining.LastOwner, Membership.DoesNotExist) as fault:
        return _refused(request, fault)
    facts = {"name": row.user.shown_name, "role": str(labels.ROLES[role]).lower()}
    messages.success(request, _("%(name)s now has the role %(role)s.") % facts, extra_tags="good")
    return _back(request, user_id)


@company_page(Role.OWNER, methods=("POST",))
def remove(request: CompanyRequest, user_id: int) -> HttpResponse:
    """Remove a member."""
    try:
        user = joining.remove(request.access.company, user_id, by=origin_of(request))
    except (joining.LastOwner, Membership.DoesNotExist) as fault:
        return _refused(request, fault)
    text = _("%(name)s is no longer a member and no longer has access to the company.")
    messages.success(request, text % {"name": user.shown_name}, extra_tags="good")
    return _back(request, user_id)


def _back(request: CompanyRequest, user_id: int) -> HttpResponse:
    """Redirect to the members, or to the start page if the user removed their own access."""
    if user_id == request.user.pk and not request.user.is_operator:
        return redirect("home")
    return redirect(_members_of(request))


def _refused(request: CompanyRequest, fault: Exception) -> HttpResponse:
    """Show why the change was not made."""
    if isinstance(fault, joining.LastOwner):
        text = _("A company must have an owner. Make another member owner first.")
    else:
        text = _("This person is no longer a member.")
    messages.error(request, text, extra_tags="bad")
    return redirect(_members_of(request))


def _sent(request: CompanyRequest, form: InviteForm) -> bool:
    """Store the invitation and send its email. Return False with a fault in the form if that fails."""
    company, role = request.access.company, Role(form.cleaned_data["role"])
    try:
        with transaction.atomic():
            row, secret = joining.invite(company, form.cleaned_data["email"], role, by=origin_of(request))
            send_invitation(row, secret, sender=request.user.shown_name)
    except joining.AlreadyMember:
        form.add_error("email", _("This person is already a member. Change the role in the list above."))
    except SMTPException as fault:
        log.warning("invitation.not_sent", company=company.pk, error=str(fault))
        text = _("Nobody was invited. The mail server rejected the email: %(error)s. Check the address and try again.")
        form.add_error("email", text % {"error": server_answer(fault)})
    except OSError as fault:
        log.warning("invitation.not_sent", company=company.pk, error=str(fault))
        text = _("Nobody was invited. Bilag could not connect to the mail server. Try again later.")
        form.add_error("email", text)
    else:
        return True
    return False


def _members_of(request: CompanyRequest) -> str:
    """Return the URL of the list of members."""
    return reverse("company", args=[request.access.company.slug]) + "#members"
