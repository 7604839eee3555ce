"""The letters' words: what stopped, the other system's own words, what to do and who can, and where."""

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


class Kind(StrEnum):
    """Why a letter is written."""

    STOPPED = "stopped"
    SUMMARY = "summary"
    WELL = "well"


def written(setup: Setup, kind: Kind, rows: list[OpenCause]) -> tuple[str, str, str]:
    """Subject, text and HTML, in the company's language."""
    language = "nb" if setup.language == "nb" else "en"
    with override(language):
        context = {
            "company": setup.name,
            "language": language,
            "kind": str(kind),
            "causes": [_told(setup, row, language) for row in rows],
            "overview": _address(setup, ""),
        }
        text = render_to_string("notifications/letter.txt", context)
        return _subject(setup, kind, rows, language), text, render_to_string("notifications/letter.html", context)


def _told(setup: Setup, row: OpenCause, language: str) -> dict[str, object]:
    problem = Problem.from_json(row.problem)
    sentence = render_problem(problem, language)
    return {
        "message": sentence.message,
        "remedy": sentence.remedy,
        "who": render_who(sentence.who, language),
        "count": row.count,
        "example": render_subject(row.example, language),
        "since": row.opened_at,
        "address": _address(setup, row.path),
    }


def _subject(setup: Setup, kind: Kind, rows: list[OpenCause], language: str) -> str:
    if kind is Kind.WELL:
        what = _("all is well again")
    elif kind is Kind.SUMMARY:
        count = sum(row.count for row in rows)
        what = ngettext("%(count)s thing still waits", "%(count)s things still wait", count) % {"count": count}
    else:
        what = render_problem(Problem.from_json(rows[0].problem), language).message
    return cut(one_line(f"{setup.name}: {what}") or "", LONGEST_SUBJECT)


def _address(setup: Setup, path: str) -> str:
    return f"{settings.BILAG_BASE_URL}/c/{setup.slug}/{path}"
