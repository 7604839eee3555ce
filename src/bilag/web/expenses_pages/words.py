"""Words of the states of posted lines, in the order in which they matter."""

from django.utils.translation import gettext_lazy as _

LINE_STATES = {
    "needs_attention": _("Needs a person"),
    "waiting": _("Waiting"),
    "sending": _("Unconfirmed"),
    "done": _("Imported"),
    "ignored": _("Not imported"),
}
