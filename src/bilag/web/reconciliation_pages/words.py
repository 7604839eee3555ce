"""Names of the kinds of findings, and why a month cannot be signed."""

from django.utils.translation import gettext_lazy as _

FOUND = {
    "matched": _("Agrees"),
    "missing": _("Missing in the journal"),
    "differing": _("Differs"),
    "duplicate": _("Duplicate"),
    "unknown": _("Not found in Moment"),
    "unread": _("Cannot be read"),
    "undated": _("Date cannot be read"),
    "explained": _("Not transferred"),
    "gap": _("Number not used"),
}
PILL = {"matched": "good", "explained": "", "gap": "warn", "undated": "warn", "unread": "bad"}
NOT_SIGNED = {
    "running": _("The reconciliation is in progress. Sign when it is done."),
    "stopped": _("The reconciliation stopped before it was done. Reconcile again, then sign."),
    "not_a_month": _("You can only sign whole months. Reconcile a month, then sign."),
    "not_over": _("The month is not over yet. Sign when it is over."),
    "remark_needed": _("The month has deviations. Write a remark about what you decided, then sign."),
}
