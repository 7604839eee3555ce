"""Forms for the details, members and tokens of a company."""

import re
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.no import orgnr

from bilag.members.models import Role
from bilag.members.tokens import Scope
from bilag.posting.selection import OSLO
from bilag.web import labels

SCOPE_WORDS = {"read": gettext_lazy("Read only"), "write": gettext_lazy("Read and change")}


class DetailsForm(forms.Form):
    """The details of a company."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    organisation_number = forms.CharField(
        label=gettext_lazy("Organisation number"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Nine digits. Bilag compares it with the client in accounting."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Email language"), choices=[("nb", "Norsk bokmål"), ("en", "English")], initial="nb"
    )

    def clean_organisation_number(self) -> str | None:
        """Return nine digits with a valid check digit, or None if the field is blank."""
        number = re.sub(r"\s", "", self.cleaned_data["organisation_number"]).upper()
        number = number.removeprefix("NO").removesuffix("MVA")
        if number and not orgnr.is_valid(number):
            raise forms.ValidationError(_("This is not a valid organisation number. Check the nine digits."))
        return number or None


def _role_choices() -> list[tuple[str, str]]:
    return [(str(role), str(labels.ROLES[role])) for role in Role]


def _roles_help() -> str:
    """Say what each role can do."""
    return " ".join(f"{labels.ROLES[role]}: {labels.ROLES_HELP[role]}." for role in Role)


class InviteForm(forms.Form):
    """The address and the role of an invited member."""

    email = forms.EmailField(label=gettext_lazy("Email address"), max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=_role_choices, initial=Role.MEMBER, help_text=lazy(_roles_help, str)()
    )


class RoleForm(forms.Form):
    """The role of a member."""

    role = forms.ChoiceField(choices=_role_choices)


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=100,
        help_text=gettext_lazy("A name that shows which program uses the token, for example “Reports in Power BI”."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("Access"), choices=list(SCOPE_WORDS.items()), initial="read")
    last_day = forms.DateField(
        label=gettext_lazy("Expires"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave blank to keep the token valid until you revoke it."),
    )

    def clean_last_day(self) -> date | None:
        """Reject a date in the past."""
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < timezone.now().astimezone(OSLO).date():
            raise forms.ValidationError(_("The date has passed. Choose a later date."))
        return day

    @property
    def scopes(self) -> list[Scope]:
        """Return the scopes of the token. Write includes read."""
        return ["read", "write"] if self.cleaned_data["scope"] == "write" else ["read"]
