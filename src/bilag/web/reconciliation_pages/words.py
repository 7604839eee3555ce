"""What was found, in words."""

from django.utils.translation import gettext_lazy as _

FOUND = {
    "matched": _("Agrees"),
    "missing": _("Missing in the journal"),
    "differing": _("Differs"),
    "duplicate": _("There twice"),
    "unknown": _("Unknown to Moment"),
    "explained": _("Stays in Moment"),
    "gap": _("Number not used"),
}
PILL = {"matched": "good", "explained": "", "gap": "warn"}
NOT_SIGNED = {
    "running": _("It is under way: sign when it is done."),
    "stopped": _("It stopped before its end: reconcile again, then sign."),
    "not_a_month": _("Whole months are signed for: reconcile a month, then sign."),
    "not_over": _("The month is not over yet: sign when it is."),
    "remark_needed": _("Something is wrong in the month: write a remark on what was decided, then sign."),
}
