"""The text of notification emails: the documents, the cause, what to do, who can do it, and a link. Text and HTML say the same."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from bilag.companies.setup import Setup
from bilag.messages import render_in_general, render_problem, render_subject, render_who
from bilag.messages.fact_values import render_date
from bilag.messages.titles import render_title
from bilag.notifications.addresses import EVERYTHING, RECIPIENTS, address_of
from bilag.notifications.affected import Affected, Document, find_affected, find_example
from bilag.notifications.models import OpenCause
from bilag.platforms.spoken import speaking_of_platform
from bilag.posting.problem import Problem
from bilag.posting.texts import cut, one_line

LONGEST_SUBJECT = 69
LONGEST_NAME = 80
MOST_CAUSES = 20
"""The most causes that an email describes; it counts the rest. Mail programs cut longer emails."""
NARROW_SPACE = "\u00a0"


class EmailKind(StrEnum):
    """Why an email is sent: a new problem, the morning's summary, or everything resolved."""

    STOPPED = "stopped"
    SUMMARY = "summary"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Email:
    """A rendered email."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A document in words."""

    title: str
    name: str
    amount: str
    due: str


@dataclass(frozen=True, slots=True)
class _Cause:
    """A cause in words. `about` names its documents: "Invoice 5307", "3 invoices"; empty if it is about the company.
    `is_several`: whether there is more than one."""

    title: str
    about: str
    is_several: bool
    rows: tuple[_Row, ...]
    more: str
    """How many documents are not listed."""
    sums: str
    message: str
    remedy: str
    who: str
    address: str


def render_email(setup: Setup, kind: EmailKind, rows: list[OpenCause]) -> Email:
    """Render subject, text and HTML in the company's language. `rows` are the causes that the email is about, one at least."""
    language = "nb" if setup.language == "nb" else "en"
    with override(language), speaking_of_platform(setup.platform_kind):
        find = find_example if kind is EmailKind.WELL else find_affected
        causes = [_render_cause(setup, row, find(setup, row), language) for row in rows[:MOST_CAUSES]]
        hidden = len(rows) - len(causes)
        context = {
            "company": setup.name,
            "language": language,
            "kind": str(kind),
            "heading": _heading(kind, len(rows)),
            "causes": causes,
            "hidden": _hidden(kind, hidden) if hidden else "",
            "button": _("Open in Bilag"),
            "link": causes[0].address if _is_one_open(kind, causes) else address_of(setup, EVERYTHING),
            "recipients": address_of(setup, RECIPIENTS),
        }
        return Email(
            _subject(kind, rows, causes, language),
            render_to_string("notifications/email.txt", context),
            render_to_string("notifications/email.html", context),
        )


def _is_one_open(kind: EmailKind, causes: list[_Cause]) -> bool:
    return kind is not EmailKind.WELL and len(causes) == 1


def _render_cause(setup: Setup, row: OpenCause, affected: Affected, language: str) -> _Cause:
    problem = Problem.from_json(row.problem)
    rendered = (render_in_general if affected.count > 1 else render_problem)(problem, language)
    hidden = affected.count - len(affected.documents)
    return _Cause(
        title=render_title(problem, language),
        about=_about(affected, language),
        is_several=affected.count > 1,
        rows=tuple(_render_document(one, language) for one in affected.documents),
        more=ngettext("and %(count)s more", "and %(count)s more", hidden) % {"count": hidden} if hidden > 0 else "",
        sums=", ".join(_amount(total, currency, language) for currency, total in affected.sums if affected.count > 1),
        message=rendered.message,
        remedy=rendered.remedy,
        who=render_who(rendered.who, language),
        address=address_of(setup, row.path),
    )


def _about(affected: Affected, language: str) -> str:
    """Name the documents: "Invoice 5307", or how many of which kind."""
    if affected.count == 1 and affected.documents:
        return _begun(render_subject(affected.documents[0].subject, language))
    count = {"count": affected.count}
    match affected.kind:
        case _ if not affected.count:
            return ""
        case "invoice":
            return ngettext("%(count)s invoice", "%(count)s invoices", affected.count) % count
        case "customer":
            return ngettext("%(count)s customer", "%(count)s customers", affected.count) % count
        case "project":
            return ngettext("%(count)s project", "%(count)s projects", affected.count) % count
        case "expense":
            return ngettext("%(count)s expense", "%(count)s expenses", affected.count) % count
        case _:
            return ngettext("%(count)s item", "%(count)s items", affected.count) % count


def _render_document(document: Document, language: str) -> _Row:
    return _Row(
        title=_begun(render_subject(document.subject, language)),
        name=cut(one_line(document.name) or "", LONGEST_NAME),
        amount=_amount(document.amount, document.currency, language),
        due=_("due %(date)s") % {"date": render_date(document.due, language)} if document.due is not None else "",
    )


def _amount(amount: Decimal | None, currency: str, language: str) -> str:
    """Format an amount with its currency: "12 500,00 kr" in Norwegian, "NOK 12,500.00" in English."""
    if amount is None:
        return ""
    text = f"{amount:,.2f}".replace("-", "\u2212")
    if language != "nb":
        return NARROW_SPACE.join(part for part in (currency, text) if part)
    text = text.replace(",", NARROW_SPACE).replace(".", ",")
    return NARROW_SPACE.join(part for part in (text, "kr" if currency == "NOK" else currency) if part)


def _hidden(kind: EmailKind, count: int) -> str:
    """Say how many causes the email does not describe."""
    if kind is EmailKind.WELL:
        text = ngettext("and %(count)s more", "and %(count)s more", count)
    else:
        text = ngettext(
            "%(count)s more problem is not described here. Open Bilag to see it.",
            "%(count)s more problems are not described here. Open Bilag to see them.",
            count,
        )
    return text % {"count": count}


def _heading(kind: EmailKind, count: int) -> str:
    """Render the email's own heading. An email about one cause has the cause's."""
    if kind is EmailKind.WELL:
        return _("Everything is resolved")
    if count == 1:
        return ""
    if kind is EmailKind.SUMMARY:
        return ngettext("%(count)s problem still needs attention", "%(count)s problems still need attention", count) % {
            "count": count
        }
    return ngettext("%(count)s problem needs attention", "%(count)s problems need attention", count) % {"count": count}


def _subject(kind: EmailKind, rows: list[OpenCause], causes: list[_Cause], language: str) -> str:
    """Render the subject: the document and the title of the first cause, and how many there are besides."""
    others = len(rows) - 1
    if others and kind is not EmailKind.STOPPED:
        resolved, reminder = (
            _("Everything is resolved: %(count)s problems"),
            _("Reminder: %(count)s problems need attention"),
        )
        return (resolved if kind is EmailKind.WELL else reminder) % {"count": len(rows)}
    before = {EmailKind.WELL: _("Resolved:"), EmailKind.SUMMARY: _("Reminder:"), EmailKind.STOPPED: ""}[kind]
    about = f"{cut(causes[0].about, 30)}:" if causes[0].about else ""
    start = " ".join(part for part in (before, about) if part)
    end = ngettext("(and %(count)s more)", "(and %(count)s more)", others) % {"count": others} if others else ""
    free = LONGEST_SUBJECT - len(start) - len(end) - 2
    title = render_title(Problem.from_json(rows[0].problem), language, free)
    return one_line(" ".join(part for part in (start, title, end) if part)) or title


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
