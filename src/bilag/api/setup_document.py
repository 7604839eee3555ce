"""Read the company file as JSON: ISO text becomes dates, and secrets that are left out are kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bilag.companies import store
from bilag.companies.file import CompanyFile, CompanyFileError, parse_company_file
from bilag.companies.models import Company
from bilag.platforms.base import FieldKind, Said
from bilag.platforms.registry import platform_kinds

DAYS = (("export", "invoices_from"), ("expenses", "from_date"))
DEEPEST = 6
Faults = list[tuple[str, str]]


class SetupFaults(Exception):
    """The document is invalid. Each fault is a dotted key and the rest of a sentence about it."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{name} {sentence}" for name, sentence in faults))

    def in_language(self, language: str) -> list[dict[str, str]]:
        """Return the faults for an answer."""
        texts = ((name, s.in_language(language) if isinstance(s, Said) else s) for name, s in self.faults)
        return [{"field": name, "detail": text.rstrip(".") + "."} for name, text in texts]


def read_setup(company: Company, document: Mapping[str, Any]) -> CompanyFile:
    """Return the company's setup according to the document. Raises `SetupFaults` with all faults at once."""
    faults: Faults = []
    wanted = _plain(document, "", faults, 0)
    if faults:
        raise SetupFaults(faults)  # report only these faults: such values cannot be checked further
    _days(wanted, faults)
    _company(company, wanted, faults)
    _secrets(company, wanted, faults)
    try:
        parsed = parse_company_file(wanted, None)
    except CompanyFileError as error:
        known = {name for name, _ in faults}
        faults += [(name, sentence) for name, sentence in error.by_name if name not in known]
        raise SetupFaults(faults) from None
    if faults:
        raise SetupFaults(faults)
    return parsed


def _plain(value: Any, name: str, faults: Faults, depth: int) -> Any:
    """Return the document without nulls, which mean "left out"; texts that the database cannot store are faults."""
    if depth > DEEPEST:
        faults.append((name, "is nested too deep for a company file"))
    elif isinstance(value, Mapping):
        within = ((key, f"{name}.{key}".lstrip("."), one) for key, one in value.items() if one is not None)
        return {key: _plain(one, path, faults, depth + 1) for key, path, one in within if _is_key(key, faults)}
    elif isinstance(value, list):
        return [_plain(one, name, faults, depth + 1) for one in value]
    elif isinstance(value, str) and not _storable(value):
        faults.append((name, "has characters that cannot be stored, such as NUL"))
    return value


def _is_key(key: str, faults: Faults) -> bool:
    if not _storable(key) or len(key) > 100:
        faults.append(("", "has a key that no company file has"))
        return False
    return True


def _storable(text: str) -> bool:
    return not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in text)


def _days(wanted: dict[str, Any], faults: Faults) -> None:
    for section, key in DAYS:
        values = wanted.get(section)
        if not isinstance(values, dict) or key not in values:
            continue
        given = values.pop(key)
        try:
            values[key] = date.fromisoformat(given)
        except (TypeError, ValueError):
            faults.append((f"{section}.{key}", f'is {given!r}. Give a day such as "2026-11-01"'))


def _company(company: Company, wanted: dict[str, Any], faults: Faults) -> None:
    """Add the token's company: this document changes neither its slug nor whether it is live."""
    values = wanted.setdefault("company", {})
    if not isinstance(values, dict):
        return
    values.pop("live_since", None)
    if values.setdefault("slug", company.slug) != company.slug:
        faults.append(("company.slug", f"is another company than the token's, {company.slug}. Leave it out"))
    if values.pop("live", company.live) is not company.live:
        faults.append(("company.live", "is switched with POST /api/v1/live. Leave it out"))


def _secrets(company: Company, wanted: dict[str, Any], faults: Faults) -> None:
    """Keep the stored value of omitted secrets. A secret is never kept if its address changes."""
    _, settings, secrets = store.stored(company.pk)
    before, sections = store.flat(settings), wanted.get("platform")
    places = [("moment", wanted.get("moment"), ["api_key"])]
    kind = sections.get("kind") if isinstance(sections, dict) else None
    if isinstance(sections, dict) and isinstance(kind, str) and kind in platform_kinds():
        names = [one.name for one in platform_kinds()[kind].fields if one.kind is FieldKind.SECRET]
        places.append((f"platform.{kind}", sections.get(kind), names))
    for section, values, names in places:
        if not isinstance(values, dict):
            continue
        moved = _address(values.get("base_url")) != _address(before.get(f"{section}.base_url"))
        for name in names:
            dotted = f"{section}.{name}"
            if values.get(name, store.SECRET) != store.SECRET:
                continue
            values.pop(name, None)
            if dotted not in secrets:
                continue
            if moved:
                text = "is kept only at the address that it was given for. The address changed: give this anew"
                faults.append((dotted, text))
                continue
            values[name] = secrets[dotted]


def _address(given: Any) -> Any:
    return given.strip().rstrip("/") if isinstance(given, str) else given
