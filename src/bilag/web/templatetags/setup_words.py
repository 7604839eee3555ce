"""Template filters of the setup page."""

from typing import Any

from django import forms, template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bilag.companies.store import SECRET
from bilag.web.setup_pages.form import SetupForm
from bilag.web.setup_pages.words import label_of

register = template.Library()


@register.filter
def is_secret(form: SetupForm, name: str) -> bool:
    """Whether the field holds a secret."""
    return form.is_secret(name)


@register.filter
def has_secret(form: SetupForm, name: str) -> bool:
    """Whether a secret is stored."""
    return form.has_secret(name)


@register.filter
def remark_of(form: SetupForm, name: str) -> str:
    """What is to be known of the field although it is no fault."""
    return form.remarks.get(name, "")


@register.filter
def widget_kind(field: forms.BoundField) -> str:
    """switch, many or input."""
    if isinstance(field.field, forms.BooleanField):
        return "switch"
    return "many" if isinstance(field.field, forms.MultipleChoiceField) else "input"


@register.filter
def described(field: forms.BoundField) -> str:
    """The ids of what describes the field."""
    help_id = f"{field.auto_id}_help " if field.help_text else ""
    return f"{help_id}{field.auto_id}_said"


@register.filter
def input_with(field: forms.BoundField, feedback: str) -> SafeString:
    """The field's input; on a change the words under it are asked for."""
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
    """The label of a setup field by its dotted name."""
    return label_of(dotted)


@register.filter
def setup_value(value: Any) -> str:
    """A stored value for people."""
    if value is True:
        return _("on")
    if value is False:
        return _("off")
    if value in (None, "", []):
        return "–"
    if value == SECRET:
        return _("(hidden)")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
