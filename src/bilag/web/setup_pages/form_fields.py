"""The form's fields, and the choices of each."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bilag.companies.fields import WHOLE_NUMBERS
from bilag.companies.store import flat
from bilag.messages.setting_labels import label_of_setting
from bilag.platforms.base import PlatformKind
from bilag.posting.chart import UnitDefinition
from bilag.posting.dimensions import LAST_UNIT, default_definition
from bilag.web.labels import moment_state
from bilag.web.setup_pages.choices import Choices
from bilag.web.setup_pages.parts import (
    ACCOUNTS,
    ALLOCATIONS,
    DAYS,
    HELP,
    PER_HUNDRED,
    SWITCHES,
    UNITS,
    is_offered,
    platform_field,
)

SEPARATORS = re.compile(r"[\s,;]+")


class EmailsField(forms.CharField):
    """A list of email addresses, separated by line breaks, spaces or commas."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "inputmode": "email"})

    def clean(self, value: Any) -> Any:
        """Return the list of addresses. Raises `ValidationError` with the first that is not an address."""
        addresses = [one for one in SEPARATORS.split(super().clean(value) or "") if one]
        for address in addresses:
            try:
                forms.EmailField().clean(address)
            except forms.ValidationError as error:
                text = _(
                    "%(address)s is not an email address. Write one address per line, for example name@company.no."
                ) % {"address": address}
                raise forms.ValidationError(text) from error
        return addresses


def build_fields(
    kind: PlatformKind, settings: Mapping[str, Any], choices: Choices, language: str
) -> dict[str, forms.Field]:
    """Make every field, by its dotted name. A stored value stays a choice even if a system no longer offers it."""
    stored = flat(settings)
    own = {f"platform.{kind.name}.{one.name}": platform_field(one, language) for one in kind.fields}
    names = [name for name in HELP if is_offered(name, kind)]
    made = own | {name: _field(name, stored.get(name), choices, language, kind.unit_prefix) for name in names}
    for name, help_text in kind.helps.items():
        made[name].help_text = help_text.in_language(language)
    if kind.unit_prefix:
        for name in UNITS:
            made[name].help_text = f"{made[name].help_text} {r_tables(kind.unit_prefix)}"
    return made


def r_tables(prefix: str) -> str:
    """Say how the units are called in accounting."""
    return _("The units are the tables %(first)s to %(last)s in accounting.") % {
        "first": f"{prefix}1",
        "last": f"{prefix}{LAST_UNIT}",
    }


def _field(name: str, stored: Any, choices: Choices, language: str, prefix: str) -> forms.Field:
    """Make the field of a setting that every company has."""
    label = label_of_setting(name, language)
    words: dict[str, Any] = {"label": label, "help_text": HELP[name], "required": False}
    if name in SWITCHES:
        return forms.BooleanField(**words)
    if name in WHOLE_NUMBERS:
        low, high = WHOLE_NUMBERS[name]
        return forms.IntegerField(min_value=low, max_value=high, **words)
    if name in DAYS:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **words)
    if name in UNITS:
        offered = unit_choices(choices.units, stored, prefix)
        return forms.TypedChoiceField(choices=offered, coerce=int, empty_value=None, **words)
    if name in ACCOUNTS:
        return _account_field(choices, stored, words)
    if name == "accrual.by":
        return forms.ChoiceField(choices=ALLOCATIONS, **words)
    if name.endswith("_states"):
        states = choices.customer_states if name == "export.customer_states" else choices.project_states
        return _many([(state, moment_state(state)) for state in states], stored, words, shown=moment_state)
    if name == "moment.rates_per_hundred":
        return _many([(currency, currency) for currency in PER_HUNDRED], stored, words)
    if name == "notify.users":
        return _many(choices.users, stored, words)
    if name == "notify.emails":
        return EmailsField(**words)
    if name.endswith("api_key"):
        return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **words)
    return forms.CharField(max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"}), **words)


def unit_choices(units: Mapping[int, UnitDefinition], stored: Any, prefix: str = "") -> list[tuple[str, str]]:
    """List organisational units 1-12 with the client's names and what each accepts; `prefix`: R for 2 (R2)."""
    lines = [("", _("None"))]
    for number in range(1, LAST_UNIT + 1):
        unit = units.get(number) or default_definition(number)
        if number in units and not unit.used and number != stored:
            continue
        takes = _("whole numbers") if unit.integer else _("text")
        if not unit.integer and unit.max_length is not None:
            takes = _("text of at most %(length)s characters") % {"length": unit.max_length}
        shown = f"{number} ({prefix}{number})" if prefix else str(number)
        name = f"{shown} {unit.name}" if unit.name else _("Unit %(unit)s") % {"unit": shown}
        lines.append((str(number), f"{name} ({takes})"))
    return lines


def _account_field(choices: Choices, stored: Any, words: dict[str, Any]) -> forms.Field:
    """Offer the accounts of the chart; a text field when the chart is not known."""
    if not choices.accounts:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        return forms.CharField(max_length=8, widget=widget, **words)
    lines = [("", _("None")), *((one.number, f"{one.number} {one.name}") for one in choices.accounts)]
    if stored and stored not in {number for number, _name in lines}:
        lines.append((stored, _("%(account)s (not in the chart of accounts)") % {"account": stored}))
    return forms.ChoiceField(choices=lines, **words)


def _many(
    offered: Iterable[tuple[str, str]], stored: Any, words: dict[str, Any], *, shown: Callable[[str], str] = str
) -> forms.Field:
    """Return a choice of several values. `shown` names a stored value that is not offered."""
    lines = list(offered)
    known = {value for value, _label in lines}
    lines += [(value, shown(value)) for value in stored or [] if value not in known]
    return forms.MultipleChoiceField(choices=lines, widget=forms.CheckboxSelectMultiple, **words)
