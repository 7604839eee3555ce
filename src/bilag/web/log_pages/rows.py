"""Render the entries of the log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from bilag.events.exported import WORDS as EXPORTED
from bilag.events.record import NAMES
from bilag.messages import render_in_general
from bilag.posting.problem import Problem
from bilag.posting.selection import ExcludedAs
from bilag.transfers.models import Kind
from bilag.transfers.queries.history import Line
from bilag.web import labels
from bilag.web.guide_pages.steps import step_title
from bilag.web.setup_pages.words import format_value, label_of
from bilag.web.templatetags.bilag import (
    day,
    kind_word,
    language,
    month_word,
    oslo,
    problem_message,
    readable,
    shown_number,
    verdict_word,
)
from bilag.web.transfers_pages.exclusion import WORDS

REMOVED = {
    "attempts": gettext_noop("attempts"),
    "events": gettext_noop("events"),
    "letters": gettext_noop("emails"),
    "causes": gettext_noop("resolved problems"),
    "imports": gettext_noop("expense imports"),
    "reconciliations": gettext_noop("reconciliations"),
    "rehearsals": gettext_noop("rehearsals"),
    "names": gettext_noop("names of customers and projects"),
}
"""What retention removes, by the key in the event's facts."""


SHOWN_FACTS = ("number", "old", "role", "reason", "ledger", "moment", "currency", "rate")
"""Facts that are shown as they are; other facts are internal."""


@dataclass(frozen=True, slots=True)
class RenderedRow:
    """A rendered entry. `level` is good, bad, or empty while in progress."""

    at: datetime
    level: str
    title: str
    about: str
    origin: str
    detail: str
    transfer_id: int | None


def render_row(line: Line) -> RenderedRow:
    """Render an entry in the language of the page."""
    problems = " ".join(problem_message(stored) for stored in line.problems)
    if line.what == "attempt":
        title, about, detail = (
            verdict_word(line.name),
            f"{kind_word(line.kind)} {shown_number(line.number, line.kind)}",
            problems,
        )
    elif line.what == "change":
        title, about = _("Setup changed"), label_of(line.name)
        detail = f"{format_value(line.name, line.old)} → {format_value(line.name, line.new)}"
    else:
        title = _(NAMES[line.name]) if line.name in NAMES else _("Other event")
        about = _numbers(line.facts) or _address(line.facts) or _exported(line.facts)
        detail = " ".join(part for part in (_facts(line.name, line.facts), problems) if part)
    level = "" if line.good is None else "good" if line.good else "bad"
    return RenderedRow(line.at, level, title, about, line.origin or "Bilag", detail, line.transfer_id)


def _numbers(facts: dict[str, Any]) -> str:
    """Name the objects by kind and number: Invoices 10042, 10043."""
    if "numbers" not in facts:
        return ""
    kind = str(facts.get("kind", ""))
    numbers = ", ".join(shown_number(number, kind) for number in str(facts["numbers"]).split(", "))
    return f"{labels.KINDS_MANY.get(kind, '')} {numbers}".strip()


def _address(facts: dict[str, Any]) -> str:
    """Return the email address or token that the event is about."""
    return str(facts.get("email") or facts.get("token") or "")


def _exported(facts: dict[str, Any]) -> str:
    """Return the description of an export."""
    word = EXPORTED.get(str(facts.get("what")), "")
    return _(word) if word else ""


def _facts(name: str, facts: dict[str, Any]) -> str:
    """Render the other facts of an event."""
    if name == "poll":
        return " · ".join(_polled(kind, str(facts[kind])) for kind in Kind.values if kind in facts)
    if name == "exported":
        count = int(facts.get("count", 0))
        rows = ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}
        return f"{facts.get('form', '')} · {rows}"
    if name == "setup_saved":
        count = int(facts.get("count", 0))
        text = ngettext("Version %(version)s, %(count)s field", "Version %(version)s, %(count)s fields", count)
        return text % {"version": facts.get("version", ""), "count": count}
    if name == "guide_step":
        return str(step_title(str(facts.get("step", ""))))
    if name == "setup_checked":
        return _("Version %(version)s") % {"version": facts.get("version", "")}
    if name == "expenses_imported":
        text = _("%(read)s lines read, %(done)s imported, %(documents)s documents.")
        return text % {key: facts.get(key, "0") for key in ("read", "done", "documents")}
    if name == "retention":
        return ", ".join(f"{_(word)}: {facts[kind]}" for kind, word in REMOVED.items() if kind in facts)
    if "numbers" in facts:
        count = int(facts.get("count", 0))
        objects = ngettext("%(count)s object", "%(count)s objects", count) % {"count": count}
        return ", ".join([objects, *_why_excluded(facts)])
    if name.startswith("cause_"):
        return _of_cause(facts)
    if name in ("rehearsal_accepted", "rehearsal_signed"):
        return f"{day(facts.get('first'))} – {day(facts.get('last'))}"
    if name == "month_signed" and "month" in facts:
        return month_word(date.fromisoformat(f"{facts['month']}-01"))
    if name == "parties_confirmed":
        said = {"moment": _("The company in Moment"), "company": _("The company in Bilag")}
        said["client"] = _("The client in accounting")
        return "; ".join(f"{title}: {facts[key]}" for key, title in said.items() if key in facts)
    shown = [facts[key] for key in SHOWN_FACTS if key in facts]
    return ", ".join(str(labels.ROLES.get(str(value), readable(value))) for value in shown)


def _why_excluded(facts: dict[str, Any]) -> list[str]:
    """Return the reason that a person gave for an exclusion."""
    chosen = facts.get("excluded_as")
    words = [str(WORDS[ExcludedAs(chosen)])] if chosen in set(ExcludedAs) else []
    return [*words, *([str(facts["note"])] if facts.get("note") else [])]


def _of_cause(facts: dict[str, Any]) -> str:
    """Name the cause by its message, and the comment or decision."""
    message = render_in_general(Problem(str(facts.get("code", "")), "company", {}), language()).message
    decided = oslo(facts["until"]) if "until" in facts else facts.get("to") or facts.get("said") or ""
    return f"{message} {decided}".strip()


def _polled(kind: str, found: str) -> str:
    """Render the result of a poll for one kind. `found` is "selected/checked"."""
    selected, _slash, checked = found.partition("/")
    text = _("%(kind)s: %(checked)s checked, %(selected)s to transfer")
    return text % {"kind": labels.KINDS_MANY[kind], "checked": checked, "selected": selected}
