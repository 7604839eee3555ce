"""The catalogue of messages: every problem, reason and note in words that say what to do, in English and Norwegian bokmål."""

from bilag.messages.entry import Entry, ProblemClass, Who
from bilag.messages.ignored_reasons import render_ignored_reason
from bilag.messages.markdown import markdown
from bilag.messages.notes import render_note, render_notes
from bilag.messages.reasons import render_reason
from bilag.messages.render import (
    ENTRIES,
    RenderedProblem,
    class_of,
    entry_of,
    facts_of_cause,
    render_in_general,
    render_problem,
    render_who,
    sentence,
)
from bilag.messages.subjects import render_subject

__all__ = [
    "ENTRIES",
    "Entry",
    "ProblemClass",
    "RenderedProblem",
    "Who",
    "class_of",
    "entry_of",
    "facts_of_cause",
    "markdown",
    "render_ignored_reason",
    "render_in_general",
    "render_note",
    "render_notes",
    "render_problem",
    "render_reason",
    "render_subject",
    "render_who",
    "sentence",
]
