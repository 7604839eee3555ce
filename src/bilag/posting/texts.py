"""Fit texts to a ledger: one line, no control or invisible characters, within a length."""

import itertools
import re
import unicodedata

ELLIPSIS = "…"
UNREADABLE = "\ufffd"
"""The Unicode replacement character, for a character that could not be decoded."""
_NOT_PRINTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, surrogates, line and paragraph separators."""
_JOINER = "\u200d"
_JOINER_AT = re.compile(_JOINER)
_BLANKS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)
_BLANK_RANGES = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))
_BLANK = frozenset(map(chr, itertools.chain(_BLANKS, *_BLANK_RANGES)))
"""Characters without a glyph that are not of class Cf: fillers, the blank Braille pattern, variation selectors."""


def without_invisible(text: str) -> str:
    """Remove characters of Unicode class Cf: zero-width characters, soft hyphens, marks and overrides of direction.

    A joiner between two parts of an emoji stays. Returns "" if nothing visible is left (contracts/decisions.md).
    """
    if text.isascii():
        return text
    kept = "".join(one for one in text if one == _JOINER or unicodedata.category(one) != "Cf")
    joined = _JOINER_AT.sub(lambda at: _JOINER if _joins_emoji(kept, at.start()) else "", kept)
    return joined if any(not one.isspace() and one not in _BLANK for one in joined) else ""


def clean_number(text: str) -> str:
    """Remove from a number what nobody sees, at its ends and inside, and the blanks around it.

    For numbers of customers, projects, organisations and payments. Blanks and control characters inside stay: what is
    left must be right.
    """
    seen = (one for one in text if unicodedata.category(one) != "Cf" and one not in _BLANK)
    return "".join(seen).strip()


def one_line(text: str | None) -> str | None:
    """Put `text` on one line: line breaks, control and undecodable characters become spaces, invisible ones go.

    None if nothing visible is left.
    """
    if text is None:
        return None
    spaced = text.replace(UNREADABLE, " ")
    if not spaced.isprintable():  # which no text with such a character is; most texts have none
        spaced = "".join(" " if unicodedata.category(character) in _NOT_PRINTED else character for character in spaced)
    return " ".join(without_invisible(spaced).split()) or None


def _joins_emoji(text: str, at: int) -> bool:
    """Tell whether the joiner at this place stands between two parts of an emoji, such as two persons of a family."""
    before = text[:at].rstrip("\ufe0f")[-1:]
    return _is_emoji(before) and _is_emoji(text[at + 1 : at + 2])


def _is_emoji(character: str) -> bool:
    """Tell whether the character is a symbol or a skin tone."""
    is_symbol = character >= "\u2190" and unicodedata.category(character) == "So"
    return is_symbol or "\U0001f3fb" <= character <= "\U0001f3ff"


def cut(text: str, limit: int) -> str:
    """Shorten `text` to at most `limit` characters: cut at a word and end with "…" (contracts/decisions.md)."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    at_word = head if text[len(head)] == " " else head.rpartition(" ")[0]
    kept = (at_word if 2 * len(at_word) > len(head) else head).rstrip()
    return (kept + ELLIPSIS)[:limit]
