"""Read a company file: strict TOML, with every fault reported at once, by the key's full name and with its remedy."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bilag.companies.faults import FileFaults
from bilag.companies.fields import SECTIONS, UNPRINTABLE, UNSEEN, KeySpec, in_norwegian, resolve_secret
from bilag.companies.settings import DEFAULT_LANGUAGE, LIVE_BY_DEFAULT, Section
from bilag.messages.setting_labels import label_of_setting
from bilag.platforms.base import FieldKind, PlatformKind, Said, SetupField
from bilag.platforms.registry import platform_kinds

LARGEST_FILE = 1024 * 1024


class CompanyFileError(Exception):
    """The file cannot be used. `faults` are sentences, each beginning with the key's full name."""

    def __init__(
        self, faults: list[str], by_name: Sequence[tuple[str, str]] = (), remarks: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.faults, self.by_name, self.remarks_by_name = faults, by_name, remarks
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """A valid company file. `settings` are its sections without secrets, `secrets` are by dotted name."""

    slug: str
    live: bool
    company_values: Mapping[str, Any]
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    remarks_by_name: tuple[tuple[str, str], ...] = ()
    """Remarks about keys that do not prevent saving (`Said` when they exist in both languages)."""

    @property
    def remarks(self) -> list[str]:
        """Return the remarks as sentences that begin with the key's full name."""
        return [f"{name}: {remark}" for name, remark in self.remarks_by_name]


def read_company_file(path: Path, variables: Mapping[str, str]) -> CompanyFile:
    """Read the file at `path`; secrets written env:NAME are looked up in `variables`. Raises `CompanyFileError`."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CompanyFileError([f"{path} is larger than 1 MB, so it is not a company file."])
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CompanyFileError([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise CompanyFileError([f"{path} is not UTF-8 text."]) from error
    except tomllib.TOMLDecodeError as error:
        raise CompanyFileError([f"{path} is not TOML: {error}"]) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
        raise CompanyFileError([f"{path} contains a number or a list that is too long."]) from error
    return parse_company_file(document, variables, path.parent)


def parse_company_file(
    document: Mapping[str, Any],
    variables: Mapping[str, str] | None,
    folder: Path = Path(),
    *,
    may_be_empty: Collection[Section] = (),
) -> CompanyFile:
    """Read the file's content. Secrets written file:PATH are read relative to `folder`.

    `may_be_empty`: connections (`unfinished.CONNECTIONS`) that the guided setup has not reached; such a connection may be
    entirely empty. `variables` None: the document came over the network, and env:NAME and file:PATH are ordinary text, because
    its sender must not read this machine's environment and files.
    """
    faults = FileFaults()
    sections: dict[str, dict[str, Any]] = {}
    secrets: dict[str, str] = {}
    for name in document:
        if name not in SECTIONS and name != "platform":
            known = ", ".join(sorted((*SECTIONS, "platform")))
            faults.add(name, f"is not a section of a company file. Known sections: {known}")
    for name, specs in SECTIONS.items():
        given = document.get(name, {})
        sections[name] = _section(name, given, specs, faults, empty=name in may_be_empty and not given)
    may_lack_platform = Section.PLATFORM in may_be_empty
    kind = _platform(document.get("platform"), sections, secrets, faults, variables, folder, may_lack_platform)
    key = sections["moment"].pop("api_key", None)
    if key is not None:
        found = resolve_secret("moment.api_key", key, variables, folder, faults)
        if found:
            secrets["moment.api_key"] = SECTIONS[Section.MOMENT]["api_key"].clean("moment.api_key", found, faults)
    _combinations(sections, faults)
    if faults.faults:
        raise CompanyFileError(faults.faults, faults.by_name, faults.remarks)
    company = sections.pop("company")
    slug, live = company.pop("slug"), company.pop("live", LIVE_BY_DEFAULT)
    return CompanyFile(
        slug=slug,
        live=live,
        company_values={"language": DEFAULT_LANGUAGE, "organisation_number": None, **company},
        settings={**{str(name): _plain(values) for name, values in sections.items()}, "platform": sections["platform"]},
        secrets={name: value for name, value in secrets.items() if value},
        remarks_by_name=tuple(faults.remarks) if kind else (),
    )


def _section(name: str, given: Any, specs: Mapping[str, KeySpec], faults: FileFaults, *, empty: bool) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        faults.add(name, f"must be a section, written [{name}]")
        return {}
    values: dict[str, Any] = {}
    for key, value in given.items():
        spec = specs.get(key)
        if spec is None:
            faults.unknown(f"{name}.{key}", [f"{name}.{known}" for known in specs])
            continue
        cleaned = spec.clean(f"{name}.{key}", value, faults)
        if cleaned is not None:
            values[key] = cleaned
    for key, spec in specs.items():
        if spec.required and key not in given and not empty:
            faults.add(f"{name}.{key}", Said(f"is missing. {spec.remedy}", f"mangler. {in_norwegian(spec.remedy)}"))
    return values


def _platform(
    given: Any,
    sections: dict[str, dict[str, Any]],
    secrets: dict[str, str],
    faults: FileFaults,
    variables: Mapping[str, str] | None,
    folder: Path,
    may_be_empty: bool,
) -> PlatformKind | None:
    """Read the platform's own fields by their declaration."""
    kinds = platform_kinds()
    sections["platform"] = {}
    if not isinstance(given, Mapping) or "kind" not in given:
        faults.add("platform.kind", f"is missing. Give one of {', '.join(kinds)}")
        return None
    kind = kinds.get(given["kind"]) if isinstance(given["kind"], str) else None
    if kind is None:
        faults.add("platform.kind", f"is {given['kind']!r}. Give one of {', '.join(kinds)}")
        return None
    for key in given:
        if key != "kind" and key not in kinds:
            faults.unknown(f"platform.{key}", [f"platform.{kind.name}"])
        elif key not in ("kind", kind.name):
            faults.add(
                f"platform.{key}", f"does not belong to kind {kind.name!r}: take it out, or change platform.kind"
            )
    own = given.get(kind.name, {})
    if not isinstance(own, Mapping):
        faults.add(f"platform.{kind.name}", f"must be a section, written [platform.{kind.name}]")
        return None
    if may_be_empty and not own:
        sections["platform"] = {"kind": kind.name, kind.name: {}}
        return kind
    values = _platform_values(kind, own, faults, variables, folder)
    plain = {f.name: values[f.name] for f in kind.fields if f.kind is not FieldKind.SECRET and f.name in values}
    sections["platform"] = {"kind": kind.name, kind.name: plain}
    for one in kind.fields:
        if one.kind is FieldKind.SECRET and values.get(one.name):
            secrets[f"platform.{kind.name}.{one.name}"] = values[one.name]
    return kind


def _platform_values(
    kind: PlatformKind, own: Mapping[str, Any], faults: FileFaults, variables: Mapping[str, str] | None, folder: Path
) -> dict[str, str]:
    fields = {one.name: one for one in kind.fields}
    before, values = len(faults.faults), {}
    for key, value in own.items():
        name = f"platform.{kind.name}.{key}"
        if key not in fields:
            faults.unknown(name, [f"platform.{kind.name}.{known}" for known in fields])
            continue
        text = _platform_text(name, fields[key], value, faults, variables, folder)
        if text is not None:
            values[key] = text
    for one in kind.fields:
        if one.required and not values.get(one.name) and not faults.names(f"platform.{kind.name}.{one.name}"):
            missing = Said(
                f"is missing. {one.help.get('en', '')}".strip(), f"mangler. {one.help.get('nb', '')}".strip()
            )
            faults.add(f"platform.{kind.name}.{one.name}", missing)
        values.setdefault(one.name, one.default)
    if len(faults.faults) == before:
        for key, sentence in kind.validate(values).items():
            faults.add(f"platform.{kind.name}.{key}", sentence)
    return values


def _platform_text(
    name: str, one: SetupField, value: Any, faults: FileFaults, variables: Mapping[str, str] | None, folder: Path
) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        faults.add(name, "must be text in quotes")
        return None
    text: str = resolve_secret(name, value, variables, folder, faults)
    if UNSEEN.search(text):
        faults.add(name, UNPRINTABLE)
        return None
    if len(text) > one.max_length:
        faults.add(name, f"is longer than {one.max_length} characters")
        return None
    if one.clean is None or not text:
        return text
    try:
        cleaned, remark = one.clean(text)
    except ValueError as error:
        faults.add(name, error.args[0] if error.args else str(error))
        return None
    if remark:
        faults.remark(name, remark)
    return cleaned


BOTH_ACCOUNTS = Said(
    "is missing. Give both the debit account and the credit account, or switch it off",
    "mangler. Oppgi både debetkonto og kreditkonto, eller slå det av",
)
TWO_ACCOUNTS = Said(
    "is the same as the debit account. Give two different accounts",
    "er den samme som debetkontoen. Oppgi to forskjellige kontoer",
)


def _unit_used(unit: int, key: str) -> Said:
    english, norwegian = (label_of_setting(key, language) for language in ("en", "nb"))
    return Said(
        f"is unit {unit}, which is already used for {english}. Each needs its own unit",
        f"er enhet {unit}, som allerede brukes til {norwegian}. Hver må ha sin egen enhet",
    )


def _combinations(sections: Mapping[str, Mapping[str, Any]], faults: FileFaults) -> None:
    """Check keys that depend on each other."""
    units = {
        "dimensions.project": sections["dimensions"].get("project"),
        "dimensions.department": sections["dimensions"].get("department"),
        "expenses.billability_dimension": sections["expenses"].get("billability_dimension"),
    }
    taken: dict[int, str] = {}
    for name, unit in units.items():
        if unit is not None and unit in taken:
            faults.add(name, _unit_used(unit, taken[unit]))
        elif unit is not None:
            taken[unit] = name
    billability = units["expenses.billability_dimension"]
    if billability is not None and billability > 6:
        faults.remark(
            "expenses.billability_dimension",
            Said(
                f"can only be one of the units 1-6. With unit {billability}, every expense is ignored",
                f"kan bare være en av enhetene 1-6. Med enhet {billability} ignoreres alle utlegg",
            ),
        )
    for name in ("accrual", "accrued_income"):
        _both_accounts(name, sections[name], faults)
    expenses = sections["expenses"]
    if expenses.get("import") and not expenses.get("activity"):
        faults.add(
            "expenses.activity",
            Said(
                "is missing. Give the activity for imported expenses, such as Utlegg",
                "mangler. Oppgi aktiviteten for importerte utlegg, for eksempel Utlegg",
            ),
        )


def _both_accounts(name: str, section: Mapping[str, Any], faults: FileFaults) -> None:
    """Check that accrual and accrued income each have two different accounts."""
    if not section.get("enabled"):
        return
    for key in ("debit_account", "credit_account"):
        if not section.get(key):
            faults.add(f"{name}.{key}", BOTH_ACCOUNTS)
    if section.get("debit_account") and section.get("debit_account") == section.get("credit_account"):
        faults.add(f"{name}.credit_account", TWO_ACCOUNTS)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
