"""Fit texts to a ledger: one line, no control characters, within a length."""

import unicodedata

ELLIPSIS = "…"
UNREADABLE = "\ufffd"
"""The Unicode replacement character, for a character that could not be decoded."""
_NOT_PRINTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, surrogates, line and paragraph separators."""


def one_line(text: str | None) -> str | None:
    """Put `text` on one line: line breaks, control and undecodable characters become spaces. None if nothing is left."""
    if text is None:
        return None
    read = text.replace(UNREADABLE, " ")
    spaced = "".join(" " if unicodedata.category(character) in _NOT_PRINTED else character for character in read)
    return " ".join(spaced.split()) or None


def cut(text: str, limit: int) -> str:
    """Shorten `text` to at most `limit` characters: cut at a word and end with "…" (contracts/decisions.md)."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    at_word = head if text[len(head)] == " " else head.rpartition(" ")[0]
    kept = (at_word if 2 * len(at_word) > len(head) else head).rstrip()
    return (kept + ELLIPSIS)[:limit] if limit > 0 else ""
