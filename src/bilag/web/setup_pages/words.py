"""The labels of setup fields by their dotted names, also of fields that are not on the page any more."""

from django.utils.translation import gettext as _

from bilag.platforms.registry import platform_kinds
from bilag.web.setup_pages.loading import language
from bilag.web.setup_pages.parts import LABELS


def label_of(dotted: str) -> str:
    """The label in the page's language; the dotted name itself where there is none."""
    if dotted in LABELS:
        return str(LABELS[dotted][0])
    company = {
        "company.name": _("Name"),
        "company.organisation_number": _("Organisation number"),
        "company.language": _("Email language"),
        "company.webhook_address": _("Webhook address"),
        "platform.kind": _("Accounting system"),
    }
    if dotted in company:
        return company[dotted]
    for kind in platform_kinds().values():
        for one in kind.fields:
            if dotted == f"platform.{kind.name}.{one.name}":
                return one.label.get(language(), one.name)
    return dotted
