"""Show the data that a transfer was made from: a customer or project in Moment, or an amount of accrued income."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from bilag.web.labels import moment_state
from bilag.web.templatetags.bilag import amount, month_word, oslo

LABELS = {
    "number": _("Number"),
    "name": _("Name"),
    "state": _("Status in Moment"),
    "organisation_number": _("Organisation number"),
    "email": _("Email"),
    "invoice_email": _("Email for invoices"),
    "address_lines": _("Address"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "country": _("Country"),
    "customer": _("Customer"),
    "department": _("Department"),
    "department_name": _("Department name"),
    "month": _("Month"),
    "project": _("Project"),
    "amount": _("Amount"),
    "modified_at": _("Changed"),
}


def source_facts(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and value of each field that has a value. Fields without a label are technical and left out."""
    return [(str(label), _shown(name, source[name])) for name, label in LABELS.items() if source.get(name)]


def _shown(name: str, value: Any) -> str:
    """Format the value of a field."""
    if name == "state":
        return moment_state(str(value))
    if name == "modified_at":
        return oslo(str(value))
    if name == "amount":
        return amount(str(value))
    if name == "month":
        return month_word(date.fromisoformat(f"{str(value)[:7]}-01"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
