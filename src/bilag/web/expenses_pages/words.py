"""Names of the states of posted lines, the most urgent first."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LINE_STATES = {
    "needs_attention": pgettext_lazy("state", "Needs attention"),
    "waiting": _("Waiting"),
    "sending": _("Unconfirmed"),
    "done": _("Imported"),
    "ignored": _("Not imported"),
}
