"""Decide whether the three parties agree: the company in Moment, the company in Bilag and the client in accounting.

Pure. The input is each side's names and organisation numbers; the result says whether Bilag may take them for one company, or a
person must confirm it. Comparing names ignores case, punctuation and the legal form.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bilag.platforms.organisation_numbers import norwegian_number

FORMS = frozenset(
    ["as", "asa", "ans", "da", "sa", "enk", "nuf", "ks", "ba", "sf", "iks", "kf", "ab", "aps", "ltd", "gmbh", "oy"]
)
"""Forms of companies, which people add and leave out."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side as it states itself; None where it states nothing."""

    name: str | None = None
    number: str | None = None

    @property
    def states(self) -> bool:
        """Whether the side states a name or number to compare."""
        return bool(_plain_name(self.name) or _plain_number(self.number))

    @property
    def shown(self) -> str:
        """Name and number in one line; empty when it states neither."""
        return " ".join(part for part in (self.name, f"({self.number})" if self.number else "") if part)


@dataclass(frozen=True, slots=True)
class Parties:
    """The three sides, and the ledger and company of Moment that stated them."""

    moment: Party
    company: Party
    client: Party
    source: str
    ledger: str

    def as_json(self) -> dict[str, Any]:
        """Return them as stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Parties":
        """Read them as stored."""
        sides = {name: Party(**stored[name]) for name in ("moment", "company", "client")}
        return cls(**sides, source=stored["source"], ledger=stored["ledger"])

    @property
    def digest(self) -> str:
        """The digest that a person confirms: exactly these names and numbers, at this ledger and this Moment."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:16]


class Standing(StrEnum):
    """The result of comparing the three parties."""

    AGREE = "agree"
    CONFIRMED = "confirmed"
    """A person confirmed exactly these."""
    KEPT = "kept"
    """They do not agree, and the company was live before Bilag compared them."""
    UNSURE = "unsure"
    """An organisation number is missing and the names differ: a person must say."""
    RENAMED = "renamed"
    """A person confirmed them, and a name has changed since."""
    DIFFER = "differ"
    """Two organisation numbers differ."""
    REPLACED = "replaced"
    """The client's organisation number differs from the one that the company went live with."""
    TWIN = "twin"
    """Another company in Bilag uses the same Moment, or the same books, under another address."""

    @property
    def stops(self) -> bool:
        """Whether posting must stop."""
        return self in (Standing.DIFFER, Standing.REPLACED, Standing.TWIN)

    @property
    def asks(self) -> bool:
        """Whether a person must confirm the parties before the company can be switched on."""
        return self not in (Standing.AGREE, Standing.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The parties with which the company went live, or which a person confirmed."""

    parties: Parties | None
    """None: no side has stated anything since the company was found live (`kept`)."""
    confirmed: bool
    kept: bool = False
    """The company was live before Bilag compared parties: it is stopped only if they change."""
    twins: frozenset[str] = frozenset()
    """Identities that were known to be shared with other companies when a person confirmed."""


def judge(parties: Parties, accepted: Accepted | None, twins: frozenset[str] = frozenset()) -> Standing:
    """Judge the parties as stated now against those accepted earlier at the same ledger and Moment, if any.

    `twins`: what another company in Bilag shares with this one (`identities`).
    """
    confirmed = accepted is not None and accepted.confirmed
    if twins and not (accepted is not None and (accepted.kept or (confirmed and twins <= accepted.twins))):
        return Standing.TWIN
    now = _compared(parties)
    if accepted is None:
        return now
    before = accepted.parties
    replaced = before is not None and _is_replaced(before, parties)
    if accepted.kept and now != Standing.AGREE and not replaced:
        return Standing.KEPT
    if before is None:
        return now
    if not confirmed or not _same_numbers(before, parties):
        return Standing.REPLACED if replaced else now
    return Standing.CONFIRMED if _same_names(before, parties) else Standing.RENAMED


def same_name(one: str | None, other: str | None) -> bool:
    """Return whether two names are plainly the same company's."""
    return bool(_plain_name(one)) and _plain_name(one) == _plain_name(other)


def _compared(parties: Parties) -> Standing:
    """Compare all stated values: every number must be the same, and parties without a number must have the same name."""
    sides = [side for side in (parties.company, parties.client, parties.moment) if side.states]
    numbers = {number for side in sides if (number := _plain_number(side.number))}
    if len(numbers) > 1:
        return Standing.DIFFER
    joined = [sides[0]]
    for _ in sides:  # a party that agrees with one of them belongs to the group
        joined += [side for side in sides if side not in joined and any(_agree(side, one) for one in joined)]
    return Standing.AGREE if len(joined) == len(set(sides)) else Standing.UNSURE


def _agree(one: Party, other: Party) -> bool:
    number = _plain_number(one.number)
    return bool(number and number == _plain_number(other.number)) or same_name(one.name, other.name)


def _is_replaced(before: Parties, now: Parties) -> bool:
    """Return whether the client is another organisation than before, and not the one that Bilag's company claims to be."""
    accepted, client = _plain_number(before.client.number), _plain_number(now.client.number)
    return bool(accepted and client) and client not in (accepted, _plain_number(now.company.number))


def _same_numbers(before: Parties, now: Parties) -> bool:
    return [_plain_number(side.number) for side in _sides(before)] == [
        _plain_number(side.number) for side in _sides(now)
    ]


def _same_names(before: Parties, now: Parties) -> bool:
    return [side.name for side in _sides(before)] == [side.name for side in _sides(now)]


def _sides(parties: Parties) -> tuple[Party, Party, Party]:
    return parties.moment, parties.company, parties.client


def _plain_number(number: str | None) -> str:
    """Return the number as it is compared: without blanks, points, NO and MVA."""
    bare = re.sub(r"[^0-9A-Z]", "", (number or "").upper())
    return norwegian_number(bare, None) or bare


def _plain_name(name: str | None) -> str:
    """Return the name as it is compared: lower case, without punctuation, blanks and the form of the company."""
    text = unicodedata.normalize("NFKC", name or "").casefold()
    text = re.sub(r"(?<=\w)[./](?=\w\b)", "", text)  # A/S and A.S. are AS
    words = re.sub(r"[^\w]+", " ", text.replace("&", " og ")).split()
    while len(words) > 1 and words[-1] in FORMS:
        words.pop()
    while len(words) > 1 and words[0] in FORMS:
        words.pop(0)
    return "".join(words)
