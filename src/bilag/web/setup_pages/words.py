"""Labels and values of setup fields, also of fields that are no longer on the page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bilag.companies.settings import Section, section_of
from bilag.companies.store import SECRET
from bilag.messages.setting_labels import label_of_setting
from bilag.platforms.registry import platform_kinds
from bilag.posting.text_form import shown
from bilag.web.labels import moment_state
from bilag.web.setup_pages.loading import language
from bilag.web.setup_pages.parts import ALLOCATIONS, DAYS
from bilag.web.templatetags.bilag import day, said

LANGUAGES = {"nb": "Norsk bokmål", "en": "English"}


def label_of(dotted: str) -> str:
    """Return the label of a field in the language of the page, by its dotted name in the company file."""
    return label_of_setting(dotted, language()) or _("A setting that is no longer used")


def format_value(dotted: str, value: Any) -> str:
    """Format the stored value of a field for the page."""
    if value == SECRET:
        return _("(hidden)")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if value in (None, "", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(moment_state(one) if dotted.endswith("_states") else str(one) for one in value)
    if dotted in DAYS and isinstance(value, (str, date)):
        return day(value)
    if section_of(dotted) == Section.TEXTS:
        return shown(str(value), language())
    return _choice(dotted, value) or str(value)


def _choice(dotted: str, value: Any) -> str:
    """Return the label of a value that is chosen from a list; empty for any other value."""
    if dotted == "accrual.by":
        return str(dict(ALLOCATIONS).get(value, ""))
    if dotted == "company.language":
        return LANGUAGES.get(value, "")
    if dotted == "platform.kind":
        kind = platform_kinds().get(value)
        return said(kind.label) if kind is not None else ""
    for kind in platform_kinds().values():
        for one in kind.fields:
            if dotted == f"platform.{kind.name}.{one.name}":
                return dict(one.choices).get(value, "")
    return ""
