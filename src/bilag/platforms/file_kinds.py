"""What kind of file a document is, by its first bytes, and a name that is safe to give it. Pure.

Only PDF and pictures are documents of an expense. What a header says of type and name was written by somebody else.
A library of file types (filetype, puremagic) knows hundreds that would have to be refused again here.
"""

import re
import unicodedata
from urllib.parse import unquote

HEAD_BYTES = 1024
"""So much of a file's beginning decides; a PDF may have other bytes before its mark, up to here."""
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
"""The endings that fit each type; the first is given to a file that has none of them."""
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
"""Major brands of the ISO media container that hold pictures."""
_EXTENDED = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
_PLAIN = re.compile(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))', re.IGNORECASE)
_UNSAFE = frozenset('\\/:*?"<>|')


def format_size(count: int) -> str:
    """A count of bytes for people, in both languages."""
    return f"{count / MEGABYTE:g} MB" if count >= MEGABYTE else f"{count} byte"


def type_of(head: bytes) -> str | None:
    """The media type of a file that begins so; None for what is neither PDF nor picture."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    return "application/pdf" if b"%PDF-" in head[:HEAD_BYTES] else None


def name_from_header(disposition: str) -> str:
    """The file name that a Content-Disposition header tells (RFC 6266), as it was told; empty where it tells none."""
    extended = _EXTENDED.search(disposition)
    if extended is not None:
        return unquote(extended[1], errors="replace")
    plain = _PLAIN.search(disposition)
    if plain is None:
        return ""
    return re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]


def safe_name(told: str, media_type: str, otherwise: str) -> str:
    """A file name without folders, signs that mean something to a computer, and a wrong ending; `otherwise` where
    nothing is left of it. At most 100 characters."""
    stem, suffix = _parts(_printed(re.split(r"[/\\]", told)[-1]))
    stem = stem.strip(" .") or _printed(otherwise).strip(" .") or "document"
    fitting = SUFFIXES[media_type]
    if suffix.lower() not in fitting:
        # An ending that says something else is kept in the name: "F-88.xml" is told to be a PDF by its own bytes.
        stem, suffix = (f"{stem}.{suffix}" if suffix else stem), fitting[0]
    return f"{stem[: LONGEST_NAME - LONGEST_SUFFIX].rstrip(' .')}.{suffix}"


def _parts(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not dot or not (0 < len(suffix) < LONGEST_SUFFIX and suffix.isascii() and suffix.isalnum()):
        return name, ""
    return stem, suffix


def _printed(text: str) -> str:
    kept = (" " if sign in _UNSAFE or unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join("".join(kept).split())
