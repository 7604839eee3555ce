"""`python -m tools.compile_translations`: gather the texts of the pages, and compile their translations.

The source texts are English. Their Norwegian is in `web/locale/nb/*.po`, one file per part of the pages. `accounts.po`
(Norwegian and English) replaces texts of allauth, whose own texts use other words than our pages.

With `--check` nothing is written. It fails when a text has no Norwegian or two, when a translation is not used, or when
a compiled file is out of date.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "bilag"
PACKAGES = ("web", "companies", "members", "events", "notifications")
LOCALE = SOURCE / "web" / "locale"
LANGUAGES = ("nb", "en")
REPLACED = "accounts"
"""The .po file whose texts are allauth's, not ours."""
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in the compiled files, so that the same texts always give the same file."""
COMPILED = LOCALE / "nb" / "LC_MESSAGES" / "django.mo"
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def gathered() -> dict[object, str]:
    """Return each text (a plural as a tuple) with the file that it was first found in."""
    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

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


def allauth_texts() -> set[object]:
    """Return the texts that allauth itself translates."""
    import allauth
    from babel.messages.pofile import read_po

    with (Path(allauth.__file__).parent / "locale" / "nb" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {message.id for message in read_po(file, locale="nb", charset="utf-8")}


def run(arguments: list[str]) -> int:
    """Compile, or check with `--check`. Return the exit status."""
    texts, replaceable = gathered(), allauth_texts()
    faults: list[str] = []
    unused: list[str] = []
    for language in LANGUAGES:
        compiled, ours, replaced, two = _compiled(language)
        faults += two
        if language == "nb":
            faults += [f"{place}: no Norwegian for {text!r}" for text, place in texts.items() if text not in ours]
        unused += [f"locale/{language}: {text!r} is not used any more" for text in ours if text not in texts]
        unused += [f"locale/{language}: allauth has no text {text!r}" for text in replaced if text not in replaceable]
        target = LOCALE / language / "LC_MESSAGES" / "django.mo"
        if "--check" not in arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(compiled)
        elif not target.exists() or target.read_bytes() != compiled:
            faults.append(f"{target.relative_to(SOURCE)} is out of date: run python -m tools.compile_translations")
    if "--check" in arguments:
        faults += unused
        unused = []
    for fault in [*faults, *unused]:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _compiled(language: str) -> tuple[bytes, set[object], set[object], list[str]]:
    """Return the compiled file of a language, the translations of our texts, those of allauth's texts, and texts with two."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole = Catalog(locale=language, charset="utf-8", creation_date=SAME_DAY)
    two: list[str] = []
    ours: set[object] = set()
    replaced: set[object] = set()
    for path in sorted((LOCALE / language).glob("*.po"), key=lambda path: path.stem == REPLACED):  # the first wins
        with path.open("rb") as file:
            part = read_po(file, locale=language, charset="utf-8", abort_invalid=True)
        for message in part:
            strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if message.id and any(strings):
                known = whole.get(message.id, message.context)
                if (
                    known is not None
                    and path.stem != REPLACED
                    and known.id == message.id
                    and known.string != message.string
                ):
                    two.append(f"{path.name}: {message.id!r} has another translation in another file: {known.string!r}")
                whole.add(message.id, message.string, context=message.context)
                (replaced if path.stem == REPLACED else ours).add(message.id)
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    return compiled.getvalue(), ours, replaced, two


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
