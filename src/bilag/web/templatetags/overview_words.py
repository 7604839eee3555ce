"""Template filters for the overview."""

from django import template

from bilag.web import labels
from bilag.web.templatetags.bilag import norwegian

register = template.Library()


@register.filter
def kinds_word(kind: str) -> str:
    """Name a kind of object in the plural: Customers."""
    return str(labels.KINDS_MANY.get(kind, kind))


@register.filter
def lasting(seconds: float | None) -> str:
    """Format a duration: 4.2 s, 12 min, 3.5 h; empty for None."""
    if seconds is None:
        return ""
    if seconds < 180:
        text = f"{seconds:.1f} s"
    elif seconds < 3 * 3600:
        text = f"{seconds / 60:.0f} min"
    else:
        text = f"{seconds / 3600:.1f} " + ("t" if norwegian() else "h")
    return text.replace(".", ",") if norwegian() else text
