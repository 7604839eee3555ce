"""What is typed in about a company, its members and its tokens."""

import re
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.no import orgnr

from bilag.members.models import Role
from bilag.members.tokens import Scope
from bilag.posting.selection import OSLO
from bilag.web import labels

SCOPE_WORDS = {"read": gettext_lazy("Read only"), "write": gettext_lazy("Read and change")}


class DetailsForm(forms.Form):
    """The names of a company."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    organisation_number = forms.CharField(
        label=gettext_lazy("Organisation number"), required=False, max_length=20, help_text=gettext_lazy("Nine digits.")
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of e-mails"), choices=[("nb", "Norsk bokmål"), ("en", "English")], initial="nb"
    )

    def clean_organisation_number(self) -> str | None:
        """Nine digits with a right check digit, or none."""
        given = re.sub(r"\s", "", self.cleaned_data["organisation_number"]).upper()
        given = given.removeprefix("NO").removesuffix("MVA")
        if given and not orgnr.is_valid(given):
            raise forms.ValidationError(_("That is no organisation number: its nine digits end in a check digit."))
        return given or None


def _role_choices() -> list[tuple[str, str]]:
    return [(str(role), f"{labels.ROLES[role]}: {labels.ROLES_HELP[role]}") for role in Role]


class InviteForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=_role_choices, initial=Role.MEMBER)


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=_role_choices)


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=100,
        help_text=gettext_lazy("A name by which you know the program again, such as “Reports in Power BI”."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("It may"), choices=list(SCOPE_WORDS.items()), initial="read")
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Blank = until it is revoked."),
    )

    def clean_last_day(self) -> date | None:
        """A day that has not passed."""
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < timezone.now().astimezone(OSLO).date():
            raise forms.ValidationError(_("That day has passed."))
        return day

    @property
    def scopes(self) -> list[Scope]:
        """Write includes read."""
        return ["read", "write"] if self.cleaned_data["scope"] == "write" else ["read"]
