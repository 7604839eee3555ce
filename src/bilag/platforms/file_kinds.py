"""Detect a document's type from its first bytes, and make its file name safe. Pure.

Only PDF and images are accepted as documents of an expense. Type and name in a header come from outside and are not
trusted. A library of file types (filetype, puremagic) would recognise hundreds of types to reject again here.
"""

import re
import unicodedata
from urllib.parse import unquote

HEAD_BYTES = 1024
"""How much of a file's beginning is inspected. A PDF may have other bytes before its signature, within this limit."""
MEGABYTE = 1024 * 1024
LONGEST_NAME = 100
LONGEST_SUFFIX = 6
SUFFIXES = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/tiff": ("tif", "tiff"),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "image/heif": ("heif", "heic"),
    "image/avif": ("avif",),
}
"""The accepted suffixes of each type. A file without one of them gets the first."""
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
}
"""Major brands of ISO media files that are images."""
_EXTENDED = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
_PLAIN = re.compile(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))', re.IGNORECASE)
_UNSAFE = frozenset('\\/:*?"<>|')


def format_size(count: int) -> str:
    """Format a number of bytes; the same in both languages."""
    return f"{count / MEGABYTE:g} MB" if count >= MEGABYTE else f"{count} byte"


def type_of(head: bytes) -> str | None:
    """Return the media type of a file with this beginning; None if it is neither PDF nor image."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    return "application/pdf" if b"%PDF-" in head[:HEAD_BYTES] else None


def name_from_header(disposition: str) -> str:
    """Return the file name in a Content-Disposition header (RFC 6266), unchecked; empty if there is none."""
    extended = _EXTENDED.search(disposition)
    if extended is not None:
        return unquote(extended[1], errors="replace")
    plain = _PLAIN.search(disposition)
    if plain is None:
        return ""
    return re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]


def safe_name(name: str, media_type: str, default: str) -> str:
    """Return a file name without folders, special characters or a wrong suffix, at most 100 characters.

    `default` is used if nothing is left of `name`.
    """
    stem, suffix = _split_suffix(_printable(re.split(r"[/\\]", name)[-1]))
    stem = stem.strip(" .") or _printable(default).strip(" .") or "document"
    suffixes = SUFFIXES[media_type]
    if suffix.lower() not in suffixes:
        # Keep a wrong suffix as part of the name: a PDF named "F-88.xml" becomes "F-88.xml.pdf".
        stem, suffix = (f"{stem}.{suffix}" if suffix else stem), suffixes[0]
    return f"{stem[: LONGEST_NAME - LONGEST_SUFFIX].rstrip(' .')}.{suffix}"


def _split_suffix(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not dot or not (0 < len(suffix) < LONGEST_SUFFIX and suffix.isascii() and suffix.isalnum()):
        return name, ""
    return stem, suffix


def _printable(text: str) -> str:
    kept = (" " if sign in _UNSAFE or unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join("".join(kept).split())
