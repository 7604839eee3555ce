"""Texts as a ledger can take them: one line, no control characters, not longer than its limit."""

import unicodedata

ELLIPSIS = "…"
UNREADABLE = "\ufffd"
"""Stands where a character could not be read."""
_NOT_PRINTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of surrogate pairs, line and paragraph separators."""


def one_line(text: str | None) -> str | None:
    """`text` on one line, with line breaks, control characters and what is unreadable as spaces; None when nothing is left."""
    if text is None:
        return None
    read = text.replace(UNREADABLE, " ")
    spaced = "".join(" " if unicodedata.category(character) in _NOT_PRINTED else character for character in read)
    return " ".join(spaced.split()) or None


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` characters: cut at a word, with "…" where it was cut (contracts/decisions.md)."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    at_word = head if text[len(head)] == " " else head.rpartition(" ")[0]
    kept = (at_word if 2 * len(at_word) > len(head) else head).rstrip()
    return (kept + ELLIPSIS)[:limit] if limit > 0 else ""
