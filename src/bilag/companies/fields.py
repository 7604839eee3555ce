"""The keys of the company file: the values that each accepts, and the message for any other value."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stdnum.no import orgnr

from bilag.companies.faults import FileFaults
from bilag.companies.settings import Section
from bilag.platforms.addresses import INSIDE
from bilag.platforms.base import Said
from bilag.posting.accrual import Allocation
from bilag.posting.text_form import ENTRY_FIELDS, LONGEST_FORM, VOUCHER_FIELDS, fields_of, shown, understood, unpaired
from bilag.posting.texts import one_line
from bilag.wire.http import is_address
from bilag.wire.private_networks import is_refused_host

UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
UNPRINTABLE = Said(
    "contains a line break or another invisible character. Write it on one line",
    "inneholder et linjeskift eller et annet usynlig tegn. Skriv det på én linje",
)
TEXT_IN_QUOTES = Said("must be text in quotes", "må være tekst i anførselstegn")
Cleaner = Callable[[str, Any, FileFaults], Any]
LARGEST_SECRET = 10_000


def in_norwegian(sentence: str) -> str:
    """Return the sentence in Norwegian, or unchanged if it has no translation."""
    return sentence.nb if isinstance(sentence, Said) else sentence


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One key. `clean(name, value, faults)` returns the value to store, or adds a fault and returns None."""

    clean: Cleaner
    required: bool = False
    remedy: str = ""


def text(*, longest: int = 200, shape: str | None = None, remedy: str = "", empty: bool = True) -> Cleaner:
    """Accept text; a number is taken as text. `shape` is a regular expression for all of it."""

    def clean(name: str, value: Any, faults: FileFaults) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return _fault(faults, name, TEXT_IN_QUOTES)
        value = value.strip()
        if not value and not empty:
            return _fault(faults, name, Said(f"is empty. {remedy}", f"er tom. {in_norwegian(remedy)}"))
        if UNSEEN.search(value):
            return _fault(faults, name, UNPRINTABLE)
        if len(value) > longest:
            return _fault(faults, name, Said(f"is longer than {longest} characters", f"er lengre enn {longest} tegn"))
        if value and shape is not None and re.fullmatch(shape, value) is None:
            return _fault(faults, name, Said(f"is {value!r}. {remedy}", f"er {value!r}. {in_norwegian(remedy)}"))
        return str(value)

    return clean


def text_form(fields: Sequence[str]) -> Cleaner:
    """Accept the form of a text, with these fields in braces; blank: none."""
    plain, listed = text(longest=LONGEST_FORM), ", ".join(f"{{{one}}}" for one in fields)
    norwegian = shown(listed, "nb")

    def clean(name: str, value: Any, faults: FileFaults) -> Any:
        form = one_line(plain(name, value, faults))
        if form is None:
            return None
        form = understood(form)
        unknown = next((one for one in fields_of(form) if one not in fields), None)
        if unknown is not None:
            return _fault(
                faults,
                name,
                Said(
                    f"contains {{{unknown}}}, which is not a field. Use {listed}",
                    f"inneholder {{{unknown}}}, som ikke er et felt. Bruk {norwegian}",
                ),
            )
        if unpaired(form):
            return _fault(
                faults,
                name,
                Said(
                    f"contains a brace without its other half. Write fields as {{{fields[0]}}}",
                    f"inneholder en krøllparentes uten makker. Skriv felter som {shown(f'{{{fields[0]}}}', 'nb')}",
                ),
            )
        return form

    return clean


def switch(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept true or false."""
    if not isinstance(value, bool):
        return _fault(
            faults,
            name,
            Said(
                f"is {_written(value)}. Write true or false, without quotes",
                f"er {_written(value)}. Skriv true eller false, uten anførselstegn",
            ),
        )
    return value


def whole(low: int, high: int, *, zero_is_none: bool = False) -> Cleaner:
    """Accept a whole number within the bounds."""

    def clean(name: str, value: Any, faults: FileFaults) -> Any:
        if zero_is_none and value == 0 and not isinstance(value, bool):
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return _fault(
                faults,
                name,
                Said(
                    f"is {_written(value)}. Give a whole number from {low} to {high}",
                    f"er {_written(value)}. Oppgi et helt tall fra {low} til {high}",
                ),
            )
        return value

    return clean


def day(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept a date."""
    if isinstance(value, datetime) or not isinstance(value, date):
        return _fault(
            faults,
            name,
            Said(
                f"is {_written(value)}. Write a date without quotes, such as 2026-11-01",
                f"er {_written(value)}. Skriv en dato uten anførselstegn, for eksempel 2026-11-01",
            ),
        )
    return value


def texts(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept a list of texts."""
    return _list_of(name, value, faults, '["active"]')


def _list_of(name: str, value: Any, faults: FileFaults, example: str) -> Any:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        return _fault(
            faults,
            name,
            Said(f"must be a list of texts, such as {example}", f"må være en liste av tekster, for eksempel {example}"),
        )
    if any(UNSEEN.search(item.strip()) for item in value):
        return _fault(faults, name, UNPRINTABLE)
    return sorted({item.strip() for item in value})


def currencies(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept a list of currency codes."""
    found = _list_of(name, value, faults, '["SEK"]')
    bad = [item for item in found or [] if re.fullmatch(r"[A-Z]{3}", item) is None]
    if bad:
        return _fault(
            faults,
            name,
            Said(
                f"contains {bad[0]!r}, which is not a currency. Write three capital letters, such as SEK",
                f"inneholder «{bad[0]}», som ikke er en valuta. Skriv tre store bokstaver, for eksempel SEK",
            ),
        )
    return found


def emails(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept a list of e-mail addresses."""
    found = _list_of(name, value, faults, '["name@company.no"]')
    bad = [item for item in found or [] if re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+", item) is None]
    if bad:
        return _fault(
            faults,
            name,
            Said(
                f"contains {bad[0]!r}, which is not an email address. Write name@company.no",
                f"inneholder «{bad[0]}», som ikke er en e-postadresse. Skriv navn@firma.no",
            ),
        )
    return found


def one_of(*choices: str) -> Cleaner:
    """Accept one of these texts."""

    def clean(name: str, value: Any, faults: FileFaults) -> Any:
        if value not in choices:
            return _fault(
                faults,
                name,
                Said(
                    f"is {_written(value)}. Give {' or '.join(choices)}",
                    f"er {_written(value)}. Oppgi {' eller '.join(choices)}",
                ),
            )
        return str(value)

    return clean


def organisation_number(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept a Norwegian organisation number with a correct check digit; spaces are removed."""
    number = re.sub(r"\s", "", str(value)).upper().removeprefix("NO").removesuffix("MVA")
    if re.fullmatch(r"[0-9]{9}", number) is None:
        return _fault(
            faults, name, Said("must be nine digits, such as 999999999", "må være ni sifre, for eksempel 999999999")
        )
    if not orgnr.is_valid(number):
        return _fault(
            faults,
            name,
            Said(
                f"is {value!r}, which has a wrong check digit. Give the nine digits again",
                f"er {value!r}, som har feil kontrollsiffer. Oppgi de ni sifrene på nytt",
            ),
        )
    return number


def base_url(name: str, value: Any, faults: FileFaults) -> Any:
    """Accept an https address; plain http only to this machine, or with BILAG_ALLOW_HTTP=1."""
    if not isinstance(value, str):
        return _fault(faults, name, TEXT_IN_QUOTES)
    try:
        return clean_base_url(value)
    except ValueError as error:
        return _fault(faults, name, error.args[0])


def clean_base_url(value: str) -> str:
    """Normalise the address: lower case scheme and host, no default port, no slash at its end. Raises `ValueError` with a
    sentence."""
    try:
        parts = urlsplit(value.strip())
        host, port = parts.hostname if is_address(value.strip()) else None, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or parts.username:
        given = ("is not an address", "er ikke en adresse") if "@" in value else (f"is {value!r}", f"er {value!r}")
        raise ValueError(
            Said(
                f"{given[0]}. Give an address such as https://app.moment.team, without username or query",
                f"{given[1]}. Oppgi en adresse som https://app.moment.team, uten brukernavn og spørring",
            )
        )
    if parts.scheme == "http" and not is_loopback(host) and os.environ.get("BILAG_ALLOW_HTTP") != "1":
        raise ValueError(
            Said(
                "uses http, which sends the key unencrypted. Give an https address (BILAG_ALLOW_HTTP=1 allows http)",
                "bruker http, som sender nøkkelen ukryptert. Oppgi en https-adresse",
            )
        )
    if is_refused_host(host):
        raise ValueError(INSIDE)
    shown = f"[{host}]" if ":" in host else host
    told_port = "" if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{shown}{told_port}{parts.path}".rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def resolve_secret(name: str, value: str, variables: Mapping[str, str] | None, folder: Path, faults: FileFaults) -> Any:
    """Look up a value that may be written env:NAME or file:PATH. Returns "" and adds a fault when nothing is there.

    `variables` None: the value is ordinary text.
    """
    if variables is None:
        return value
    how, colon, where = value.partition(":")
    if not colon or how not in ("env", "file"):
        return value
    if not where:
        faults.add(name, f"is {value!r}, without a name. Write env:NAME or file:PATH")
        return ""
    found = variables.get(where) if how == "env" else _read_secret(name, where, folder, faults)
    if found is None:
        faults.add(
            name,
            f"refers to the environment variable {where}, which is not set. "
            "Set it where this command runs, or write file:PATH",
        )
    elif not found.strip() and not faults.names(name):
        source = f"the environment variable {where}" if how == "env" else where
        faults.add(name, f"refers to {source}, which is empty. Put the secret there")
    return (found or "").strip()


def _read_secret(name: str, where: str, folder: Path, faults: FileFaults) -> str:
    path = folder / where
    try:
        path = folder / Path(where).expanduser()
        if path.stat().st_size > LARGEST_SECRET:
            raise OSError(0, "too large for a secret")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        if not isinstance(error, (OSError, UnicodeDecodeError)):
            why = "the name is not valid"
        shown = str(path).replace("\0", "\\0")
        faults.add(
            name,
            f"refers to {shown}, which cannot be read ({why}). Give a file that Bilag can read",
        )
        return ""


def _written(value: Any) -> str:
    """Return the value as the file writes it, not as Python does."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, (date, time)) else repr(value)


def _fault(faults: FileFaults, name: str, sentence: str) -> Any:
    """Add the fault. Return None as the value."""
    faults.add(name, sentence)
    return None


ACCOUNT = text(
    longest=8,
    shape=r"\d{3,8}",
    remedy=Said(
        "Give an account number of three to eight digits, such as 3910",
        "Oppgi et kontonummer på tre til åtte sifre, for eksempel 3910",
    ),
)
MOMENT_URL = Said(
    "Give Moment's address, such as https://app.moment.team",
    "Oppgi adressen til Moment, for eksempel https://app.moment.team",
)
MOMENT_COMPANY = Said("Give the company's id in Moment, such as 4021", "Oppgi firmaets id i Moment, for eksempel 4021")
MOMENT_KEY = Said("Give an API key from Moment", "Oppgi en API-nøkkel fra Moment")
COMPANY_NAME = Said("Give the company's name", "Oppgi firmaets navn")
UNIT = whole(1, 12, zero_is_none=True)
WHOLE_NUMBERS = {
    "expenses.account_above": (0, 99_999_999),
    "expenses.days_back": (0, 366),
    "retention.years": (5, 30),
}
"""The least and the greatest value of each setting that is a whole number."""

SECTIONS: dict[Section, dict[str, KeySpec]] = {
    Section.COMPANY: {
        "slug": KeySpec(
            text(
                longest=50,
                shape=r"[a-z0-9]+(-[a-z0-9]+)*",
                remedy="Give small letters and digits, such as fjell",
                empty=False,
            ),
            required=True,
            remedy="Give the short name of the company for commands, such as fjell",
        ),
        "name": KeySpec(text(empty=False, remedy=COMPANY_NAME), required=True, remedy=COMPANY_NAME),
        "organisation_number": KeySpec(organisation_number),
        "language": KeySpec(one_of("nb", "en")),
        "live": KeySpec(switch),
    },
    Section.MOMENT: {
        "base_url": KeySpec(base_url, required=True, remedy=MOMENT_URL),
        "company_id": KeySpec(
            text(longest=20, shape=r"[0-9A-Za-z_-]+", remedy=MOMENT_COMPANY, empty=False),
            required=True,
            remedy=MOMENT_COMPANY,
        ),
        "api_key": KeySpec(
            text(longest=500, empty=False, remedy=MOMENT_KEY),
            required=True,
            remedy=MOMENT_KEY,
        ),
        "rates_per_hundred": KeySpec(currencies),
    },
    Section.EXPORT: {
        "customers": KeySpec(switch),
        "projects": KeySpec(switch),
        "invoices": KeySpec(switch),
        "attachments": KeySpec(switch),
        "invoices_from": KeySpec(day),
        "customer_states": KeySpec(texts),
        "project_states": KeySpec(texts),
    },
    Section.DIMENSIONS: {"project": KeySpec(UNIT), "department": KeySpec(UNIT)},
    Section.EXPENSES: {
        "import": KeySpec(switch),
        "activity": KeySpec(text(longest=100)),
        "report_name": KeySpec(text(longest=60)),
        "billability_dimension": KeySpec(UNIT),
        "billable_by_default": KeySpec(switch),
        "account_above": KeySpec(whole(*WHOLE_NUMBERS["expenses.account_above"])),
        "days_back": KeySpec(whole(*WHOLE_NUMBERS["expenses.days_back"])),
        "from_date": KeySpec(day),
        "approve_billable": KeySpec(switch),
    },
    Section.ACCRUAL: {
        "enabled": KeySpec(switch),
        "debit_account": KeySpec(ACCOUNT),
        "credit_account": KeySpec(ACCOUNT),
        "by": KeySpec(one_of(*Allocation)),
    },
    Section.ACCRUED_INCOME: {
        "enabled": KeySpec(switch),
        "debit_account": KeySpec(ACCOUNT),
        "credit_account": KeySpec(ACCOUNT),
    },
    Section.ROUNDING: {"account": KeySpec(ACCOUNT)},
    Section.TEXTS: {"voucher": KeySpec(text_form(VOUCHER_FIELDS)), "entry": KeySpec(text_form(ENTRY_FIELDS))},
    Section.RETENTION: {"years": KeySpec(whole(*WHOLE_NUMBERS["retention.years"]))},
    Section.NOTIFY: {"users": KeySpec(emails), "emails": KeySpec(emails)},
}
