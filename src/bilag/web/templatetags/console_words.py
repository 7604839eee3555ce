"""Template filters for the list of companies."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.web.templatetags.bilag import NARROW_SPACE, norwegian

register = template.Library()
MINUTE, HOUR, DAY = 60, 3600, 86400


@register.filter
def ago(value: datetime | None) -> str:
    """Say how long ago a time is: now, 12 min ago, 3 h ago, 2 days ago; empty for None."""
    if value is None:
        return ""
    seconds = (timezone.now() - value).total_seconds()
    if seconds < MINUTE:
        return _("now")
    if seconds < HOUR:
        return _("%(count)s min ago") % {"count": int(seconds // MINUTE)}
    if seconds < 2 * DAY:
        return _("%(count)s h ago") % {"count": int(seconds // HOUR)}
    days = int(seconds // DAY)
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": grouped(days)}


@register.filter
def grouped(number: int) -> str:
    """Format a whole number with grouped thousands: 10 000 in Norwegian, 10,000 in English."""
    text = f"{number:,}"
    return text.replace(",", NARROW_SPACE) if norwegian() else text
