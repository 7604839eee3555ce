"""The text of notification emails: what happened, the other system's message, what to do, who can do it, and a link."""

from enum import StrEnum

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from bilag.companies.setup import Setup
from bilag.messages import render_problem, render_subject, render_who
from bilag.notifications.models import OpenCause
from bilag.posting.problem import Problem
from bilag.posting.texts import cut, one_line

LONGEST_SUBJECT = 150


class EmailKind(StrEnum):
    """Why an email is sent: a new problem, the morning's summary, or everything resolved."""

    STOPPED = "stopped"
    SUMMARY = "summary"
    WELL = "well"


def render_email(setup: Setup, kind: EmailKind, rows: list[OpenCause]) -> tuple[str, str, str]:
    """Render subject, text and HTML in the company's language."""
    language = "nb" if setup.language == "nb" else "en"
    with override(language):
        context = {
            "company": setup.name,
            "language": language,
            "kind": str(kind),
            "causes": [_render_cause(setup, row, language) for row in rows],
            "overview": _address(setup, ""),
        }
        text = render_to_string("notifications/email.txt", context)
        return _subject(setup, kind, rows, language), text, render_to_string("notifications/email.html", context)


def _render_cause(setup: Setup, row: OpenCause, language: str) -> dict[str, object]:
    rendered = render_problem(Problem.from_json(row.problem), language)
    return {
        "message": rendered.message,
        "remedy": rendered.remedy,
        "who": render_who(rendered.who, language),
        "count": row.count,
        "example": render_subject(row.example, language),
        "address": _address(setup, row.path),
    }


def _subject(setup: Setup, kind: EmailKind, rows: list[OpenCause], language: str) -> str:
    if kind is EmailKind.WELL:
        what = _("everything is resolved")
    elif kind is EmailKind.SUMMARY:
        count = sum(row.count for row in rows)
        what = ngettext("%(count)s item needs attention", "%(count)s items need attention", count) % {"count": count}
    else:
        what = render_problem(Problem.from_json(rows[0].problem), language).message
    return cut(one_line(f"{setup.name}: {what}") or "", LONGEST_SUBJECT)


def _address(setup: Setup, path: str) -> str:
    return f"{settings.BILAG_BASE_URL}/c/{setup.slug}/{path}"
