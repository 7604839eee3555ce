"""Words for what is stored as a key, translated with the pages."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "queued": _("Queued"),
    "sending": _("Being sent"),
    "in_doubt": _("Being looked up"),
    "waiting": _("Waiting"),
    "needs_attention": _("Needs a person"),
    "skipped": _("Not transferred"),
    "done": _("Done"),
}
KINDS = {"customer": _("Customer"), "project": _("Project"), "invoice": _("Invoice"), "accrued": _("Accrued income")}
KINDS_MANY = {
    "customer": _("Customers"),
    "project": _("Projects"),
    "invoice": _("Invoices"),
    "accrued": _("Accrued income"),
}
VERDICTS = {
    "": _("Under way"),
    "done": _("Done"),
    "unchanged": _("Nothing had changed"),
    "refused": _("Refused"),
    "differs": _("Differs from the plan"),
    "unavailable": _("No answer"),
    "in_doubt": _("Answer lost: looked up"),
    "created": _("Stored, not posted yet"),
    "misconfigured": _("The setup does not work"),
    "interrupted": _("Interrupted"),
    "internal_error": _("A fault in Bilag"),
    "skipped": _("Not transferred"),
}
ROLES = {"viewer": _("Viewer"), "member": _("Member"), "owner": _("Owner")}
ROLES_HELP = {
    "viewer": _("sees everything, changes nothing"),
    "member": _("changes the setup and handles transfers"),
    "owner": _("also decides on members and API tokens"),
}
SORT_WORDS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "done": _("Last done first"),
    "total": _("Largest amount first"),
}
