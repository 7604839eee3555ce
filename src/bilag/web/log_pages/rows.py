"""Lines of the log in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from bilag.events.record import NAMES
from bilag.transfers.models import Kind
from bilag.transfers.queries.history import Line
from bilag.web import labels
from bilag.web.setup_pages.words import label_of
from bilag.web.templatetags.bilag import kind_word, problem_message, verdict_word
from bilag.web.templatetags.setup_words import setup_value

REMOVED = {
    "attempts": gettext_noop("tries"),
    "events": gettext_noop("events"),
    "letters": gettext_noop("letters"),
    "causes": gettext_noop("closed causes"),
    "imports": gettext_noop("imports"),
    "reconciliations": gettext_noop("reconciliations"),
    "names": gettext_noop("names of customers and projects"),
}
"""What retention removes, by its word in the event."""


@dataclass(frozen=True, slots=True)
class RenderedRow:
    """A line for people. `level` is good, bad or empty for what is under way."""

    at: datetime
    level: str
    title: str
    about: str
    origin: str
    detail: str
    transfer_id: int | None


def render_row(line: Line) -> RenderedRow:
    """The line in the page's language."""
    problems = " ".join(problem_message(stored) for stored in line.problems)
    if line.what == "attempt":
        title, about, detail = verdict_word(line.name), f"{kind_word(line.kind)} {line.number}", problems
    elif line.what == "change":
        title, about = _("Setup changed"), label_of(line.name)
        detail = f"{setup_value(line.old)} → {setup_value(line.new)}"
    else:
        title = _(NAMES[line.name]) if line.name in NAMES else line.name
        about = _numbers(line.facts) or _address(line.facts)
        detail = " ".join(part for part in (_facts(line.name, line.facts), problems) if part)
    level = "" if line.good is None else "good" if line.good else "bad"
    return RenderedRow(line.at, level, title, about, line.origin or "Bilag", detail, line.transfer_id)


def _numbers(facts: dict[str, Any]) -> str:
    """What was done to objects by their numbers: Invoices 10042, 10043."""
    if "numbers" not in facts:
        return ""
    kind = labels.KINDS_MANY.get(str(facts.get("kind", "")), "")
    return f"{kind} {facts['numbers']}".strip()


def _address(facts: dict[str, Any]) -> str:
    return str(facts.get("email") or facts.get("token") or "")


def _facts(name: str, facts: dict[str, Any]) -> str:
    """The other facts of an event. Those that are not known are told as they are."""
    if name == "poll":
        return " · ".join(_polled(kind, str(facts[kind])) for kind in Kind.values if kind in facts)
    if name == "setup_saved":
        count = int(facts.get("count", 0))
        text = ngettext("Version %(version)s, %(count)s field", "Version %(version)s, %(count)s fields", count)
        return text % {"version": facts.get("version", ""), "count": count}
    if name == "expenses_imported":
        text = _("%(read)s lines read, %(done)s imported, %(documents)s documents.")
        return text % {key: facts.get(key, "0") for key in ("read", "done", "documents")}
    if name == "retention":
        return ", ".join(f"{_(word)}: {facts[kind]}" for kind, word in REMOVED.items() if kind in facts)
    if "numbers" in facts:
        count = int(facts.get("count", 0))
        return ngettext("%(count)s object", "%(count)s objects", count) % {"count": count}
    others = {key: value for key, value in facts.items() if key not in ("email", "token")}
    return ", ".join(str(labels.ROLES.get(str(value), value)) for value in others.values())


def _polled(kind: str, found: str) -> str:
    wanted, _slash, seen = found.partition("/")
    text = _("%(kind)s: %(seen)s looked at, %(wanted)s to transfer")
    return text % {"kind": labels.KINDS_MANY[kind], "seen": seen, "wanted": wanted}
