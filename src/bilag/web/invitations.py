"""The page that an invitation links to: sign in or create an account, and join the company."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from bilag.members import joining
from bilag.members.access import access_to
from bilag.members.models import Invitation, User
from bilag.web import labels

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class AccountForm(forms.Form):
    """A new account. Its email address is that of the invitation."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        max_length=4096,
        help_text=password_validation.password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Reject passwords that are easy to guess."""
        password: str = self.cleaned_data["password"]
        self.user.name = self.cleaned_data.get("name", "")
        password_validation.validate_password(password, self.user)
        return password


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the invitation; POST joins the company."""
    invite = joining.invitation_of(secret)
    if invite is None:
        return render(request, "bilag/invitation_over.html", status=410)
    account = User.objects.filter(email__iexact=invite.email).first()
    if account is not None and not account.is_active:
        return render(request, "bilag/invitation_over.html", status=410)
    context = {"invitation": invite, "role": labels.ROLES[invite.role], "may": labels.ROLES_HELP[invite.role]}
    if isinstance(request.user, User):
        if request.user != account:
            return render(request, "bilag/invitation.html", {**context, "wrong_account": True}, status=403)
        if request.method == "POST":
            return _join(request, invite, request.user)
        return render(request, "bilag/invitation.html", {**context, "signed_in": True})
    if account is not None and (account.has_usable_password() or account.last_login is not None):
        return render(request, "bilag/invitation.html", {**context, "has_account": True})
    # The link was sent by email, so it proves the address of a new account, or of one that was never used.
    user = account or User(email=invite.email.lower())
    form = AccountForm(user, request.POST if request.method == "POST" else None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        return _with_account(request, invite, form)
    return render(request, "bilag/invitation.html", {**context, "form": form}, status=422 if form.is_bound else 200)


def _with_account(request: HttpRequest, invite: Invitation, form: AccountForm) -> HttpResponse:
    """Create the account, sign in and join."""
    user = form.user
    user.name = form.cleaned_data["name"]
    user.set_password(form.cleaned_data["password"])
    try:
        with transaction.atomic():
            user.save()
            joining.join(invite, user)
    except (IntegrityError, Invitation.DoesNotExist):  # the link was used in another window at the same time
        return redirect(request.path)
    login(request, user, backend=BACKEND)
    return _welcome(request, invite)


def _join(request: HttpRequest, invite: Invitation, user: User) -> HttpResponse:
    """Join with an existing account."""
    try:
        joining.join(invite, user)
    except Invitation.DoesNotExist:
        return redirect(request.path)
    return _welcome(request, invite)


def _welcome(request: HttpRequest, invite: Invitation) -> HttpResponse:
    """Redirect to the overview of the company; to its guided setup if it was never switched on and the role may change it."""
    messages.success(request, _("Welcome to %(company)s.") % {"company": invite.company.name}, extra_tags="good")
    access = access_to(request.user, invite.company.slug)
    begins = invite.company.live_since is None and access is not None and access.may_change
    return redirect("guide" if begins else "overview", invite.company.slug)
