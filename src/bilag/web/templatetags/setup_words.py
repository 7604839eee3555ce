"""Template filters for the setup page."""

import re
from typing import Any

from django import forms, template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from bilag.companies.models import SetupChange
from bilag.posting.problem import Problem
from bilag.web.setup_pages.form import SetupForm
from bilag.web.setup_pages.words import format_value, label_of
from bilag.web.templatetags.bilag import problem

register = template.Library()


FIELD = re.compile(r"(\{[^{}]+\})")
"""A field in the form of a text, in a help text."""


@register.filter
def coded(text: Any) -> SafeString:
    """Mark what is to be typed as it stands: fields in braces."""
    return mark_safe(FIELD.sub(r"<code>\1</code>", escape(str(text))))  # noqa: S308 - escaped


@register.filter
def is_secret(form: SetupForm, name: str) -> bool:
    """Whether the field holds a secret."""
    return form.is_secret(name)


@register.filter
def has_secret(form: SetupForm, name: str) -> bool:
    """Whether a secret is stored."""
    return form.has_secret(name)


@register.filter
def is_required(form: SetupForm, name: str) -> bool:
    """Whether the field must be filled in."""
    return form.is_required(name)


@register.filter
def is_folded(form: SetupForm, name: str) -> bool:
    """Whether the page shows only the value of the field until somebody wants to change it."""
    return form.is_folded(name)


@register.filter
def remark_of(form: SetupForm, name: str) -> str:
    """Return the remark on a field that has no fault."""
    return form.remarks.get(name, "")


@register.filter
def widget_kind(field: forms.BoundField) -> str:
    """Return switch, many or input."""
    if isinstance(field.field, forms.BooleanField):
        return "switch"
    return "many" if isinstance(field.field, forms.MultipleChoiceField) else "input"


@register.filter
def described(field: forms.BoundField) -> str:
    """Return the ids of the elements that describe the field."""
    help_id = f"{field.auto_id}_help " if field.help_text else ""
    return f"{help_id}{field.auto_id}_said"


@register.filter
def input_with(field: forms.BoundField, feedback: str) -> SafeString:
    """Render the field's input. When it changes, htmx loads the text below it from `feedback`."""
    attributes: dict[str, Any] = {
        "aria-describedby": described(field),
        "hx-post": feedback,
        "hx-trigger": "change",
        "hx-include": "#setup",
        "hx-target": f"#{field.auto_id}_said",
        "hx-swap": "outerHTML",
    }
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.filter
def setup_label(dotted: str) -> str:
    """Return the label of a setup field by its dotted name."""
    return label_of(dotted)


@register.filter
def subject(stored: dict[str, Any] | Problem) -> str:
    """Name what a problem is about: the label of a setup field, or the subject in words."""
    name = stored.subject if isinstance(stored, Problem) else str(stored.get("subject", ""))
    kind, _space, dotted = name.partition(" ")
    return label_of(dotted) if kind == "setup" and "." in dotted else problem(stored).subject


@register.filter
def old_value(change: SetupChange) -> str:
    """Format the value before a change."""
    return format_value(change.field, change.old)


@register.filter
def new_value(change: SetupChange) -> str:
    """Format the value after a change."""
    return format_value(change.field, change.new)
