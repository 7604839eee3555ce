"""Names of stored keys (states, kinds, roles and so on), translated with the pages."""

import re

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bilag.platforms.spoken import label_of

STATES = {
    "queued": _("Queued"),
    "sending": _("Sending"),
    "in_doubt": _("Unconfirmed"),
    "waiting": _("Waiting"),
    "needs_attention": pgettext_lazy("state", "Needs attention"),
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
ROLES = {"viewer": _("Viewer"), "accountant": _("Accountant"), "member": _("Member"), "owner": _("Owner")}
ROLES_HELP = {
    "viewer": _("can view everything, but not change anything"),
    "accountant": _("can handle transfers and expenses, reconcile, sign and export"),
    "member": _("can do what an accountant can, and change the setup"),
    "owner": _("can also manage members and API tokens"),
}
SORT_WORDS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "done": _("Most recently done first"),
    "done_first": _("First done first"),
    "total": _("Largest amount first"),
    "total_least": _("Smallest amount first"),
}
VOUCHER_TYPES = {
    "incomingInvoice": _("supplier invoice"),
    "incomingCreditNote": _("supplier credit note"),
    "outgoingInvoice": _("customer invoice"),
    "creditNote": _("customer credit note"),
    "journal": _("journal voucher"),
    "payment": _("payment"),
    "other": _("other voucher"),
}
VOUCHER_FIELDS = {
    "number": _("Voucher number"),
    "kind": _("Type"),
    "voucher_date": _("Voucher date"),
    "text": _("Text"),
    "currency": _("Currency"),
    "total": _("Total"),
    "due_date": _("Due"),
    "payment_id": _("Payment id (KID)"),
    "customer": _("Customer"),
    "your_reference": _("Your reference"),
    "exchange_rate": _("Exchange rate"),
    "credited_number": _("Credits invoice"),
    "related_number": _("Belongs to invoice"),
}
VOUCHER_KINDS = {"invoice": _("Invoice"), "credit_note": _("Credit note"), "journal": _("journal voucher")}
MOMENT_STATES = {
    "potential": _("Potential"),
    "active": _("Active"),
    "blocked": _("Blocked"),
    "inactive": _("Inactive"),
    "offerSent": _("Offer sent"),
    "inProgress": _("In progress"),
    "onHold": _("On hold"),
    "completed": _("Completed"),
    "closed": _("Closed"),
    "lost": _("Lost"),
}


def system_name(name: str) -> str:
    """Name a system that Bilag sends requests to: Moment, or an accounting system by its platform's name."""
    return "Moment" if name == "moment" else label_of(name, get_language() or "en")


def moment_state(state: str) -> str:
    """Name a state of customers or projects in Moment. A state that Bilag does not know is split into words."""
    if state in MOMENT_STATES:
        return str(MOMENT_STATES[state])
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+", " ", state).strip()
    return f"{spaced[:1].upper()}{spaced[1:].lower()}"
