"""The catalogue: every problem, reason and note as a sentence that says what to do, in English and Norwegian bokmål."""

from bilag.posting.catalogue.document import markdown
from bilag.posting.catalogue.entry import Entry, ProblemClass, Who
from bilag.posting.catalogue.ignored import ignored_told
from bilag.posting.catalogue.notes import note_told
from bilag.posting.catalogue.reasons import reason_told
from bilag.posting.catalogue.subjects import subject_told
from bilag.posting.catalogue.telling import ENTRIES, Told, class_of, entry_of, sentence, told, who_told

__all__ = [
    "ENTRIES",
    "Entry",
    "ProblemClass",
    "Told",
    "Who",
    "class_of",
    "entry_of",
    "ignored_told",
    "markdown",
    "note_told",
    "reason_told",
    "sentence",
    "subject_told",
    "told",
    "who_told",
]
