"""Words for what is stored as a key, translated with the pages."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "queued": _("Queued"),
    "sending": _("Sending"),
    "in_doubt": _("Unconfirmed"),
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
    "": _("In progress"),
    "done": _("Done"),
    "unchanged": _("No changes"),
    "refused": _("Rejected"),
    "differs": _("Differs from what Bilag sent"),
    "unavailable": _("No answer"),
    "in_doubt": _("Answer lost, looking it up"),
    "created": _("Stored, not posted yet"),
    "misconfigured": _("The setup does not work"),
    "interrupted": _("Interrupted"),
    "internal_error": _("Error in Bilag"),
    "skipped": _("Not transferred"),
}
ROLES = {"viewer": _("Viewer"), "member": _("Member"), "owner": _("Owner")}
ROLES_HELP = {
    "viewer": _("can view everything, but not change anything"),
    "member": _("can change the setup and handle transfers"),
    "owner": _("can also manage members and API tokens"),
}
SORT_WORDS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "done": _("Most recently done first"),
    "total": _("Largest amount first"),
}
