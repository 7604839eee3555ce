"""`python -m tools.compile_translations`: compile the Norwegian of the pages' texts from `web/locale/nb/*.po`.

With `--check` nothing is written; it fails if a text has no Norwegian, or if the compiled file is out of date. There is
a .po file for each part of the pages, so that several people can translate at the same time.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "bilag"
PACKAGES = ("web", "companies", "members", "events", "notifications")
LOCALE = SOURCE / "web" / "locale" / "nb"
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The creation date in the compiled file: fixed, so that the same texts always give the same file."""
COMPILED = LOCALE / "LC_MESSAGES" / "django.mo"
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def collect_texts() -> dict[object, str]:
    """Return each text (a plural as a tuple) with the file it was first found in."""
    found: dict[object, str] = {}
    for package in PACKAGES:
        for path in sorted((SOURCE / package).rglob("*")):
            if path.suffix in (".html", ".txt") and "templates" in path.parts:
                text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            elif path.suffix == ".py":
                text = path.read_text(encoding="utf-8")
            else:
                continue
            for _line, message, _comments, _context in extract("python", io.BytesIO(text.encode()), FUNCTIONS):
                if message and message != "":
                    found.setdefault(message, str(path.relative_to(SOURCE)))
    return found


def run(arguments: list[str]) -> int:
    """Compile or check; returns the exit status."""
    whole = Catalog(locale="nb", charset="utf-8", creation_date=SAME_DAY)
    faults: list[str] = []
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="nb", charset="utf-8", abort_invalid=True)
        for message in part:
            strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if message.id and any(strings):
                whole.add(message.id, message.string, context=message.context)
    texts = collect_texts()
    known = {message.id for message in whole if message.id}
    faults += [f"{place}: no Norwegian for {text!r}" for text, place in texts.items() if text not in known]
    unused = [f"locale/nb: {text!r} is no longer used" for text in known if text not in texts]
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    if "--check" in arguments:
        faults += unused
        if not COMPILED.exists() or COMPILED.read_bytes() != compiled.getvalue():
            faults.append(f"{COMPILED.relative_to(SOURCE)} is out of date: run python -m tools.compile_translations")
    else:
        COMPILED.parent.mkdir(parents=True, exist_ok=True)
        COMPILED.write_bytes(compiled.getvalue())
    for fault in [*faults, *(unused if "--check" not in arguments else [])]:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
