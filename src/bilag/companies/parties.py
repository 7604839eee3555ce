"""Who the three parties are: the company in Moment, the company in Bilag and the client in accounting, and whether they agree.

Pure. Names and organisation numbers come in as each side states them; out comes whether Bilag may take them for one company,
or a person must say so. Names are compared as people do: case, punctuation and the form of the company do not count, all
else does.
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
        """Whether it states anything to compare."""
        return bool(_plain_name(self.name) or _plain_number(self.number))

    @property
    def shown(self) -> str:
        """Name and number in one line; empty when it states neither."""
        return " ".join(part for part in (self.name, f"({self.number})" if self.number else "") if part)


@dataclass(frozen=True, slots=True)
class Parties:
    """The three sides, and which ledger and which company of Moment they were asked at."""

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
        """What a person confirms: exactly these names and numbers, at this ledger and this Moment."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:16]


class Standing(StrEnum):
    """What is known of whether the three are one company."""

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
    """The client has another organisation number than the one that the company went live with."""
    TWIN = "twin"
    """Another company in Bilag uses the same Moment, or the same books, under another address."""

    @property
    def stops(self) -> bool:
        """Whether nothing may be posted."""
        return self in (Standing.DIFFER, Standing.REPLACED, Standing.TWIN)

    @property
    def asks(self) -> bool:
        """Whether a person must confirm the parties before the company can be switched on."""
        return self not in (Standing.AGREE, Standing.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The parties with which the company went live, or which a person confirmed."""

    parties: Parties | None
    """None: nobody has stated anything since the company was found live (`kept`)."""
    confirmed: bool
    kept: bool = False
    """The company was live before Bilag compared them: it is not stopped for what they are, only for what they become."""
    twins: frozenset[str] = frozenset()
    """What was known to be shared with other companies when a person confirmed."""


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
    """Whether two names are plainly the same company's."""
    return bool(_plain_name(one)) and _plain_name(one) == _plain_name(other)


def _compared(parties: Parties) -> Standing:
    """Compare all that state anything: every number must be the same, and those without one must bear the same name."""
    sides = [side for side in (parties.company, parties.client, parties.moment) if side.states]
    numbers = {number for side in sides if (number := _plain_number(side.number))}
    if len(numbers) > 1:
        return Standing.DIFFER
    joined = [sides[0]]
    for _ in sides:  # whoever agrees with one of them belongs to them
        joined += [side for side in sides if side not in joined and any(_agree(side, one) for one in joined)]
    return Standing.AGREE if len(joined) == len(set(sides)) else Standing.UNSURE


def _agree(one: Party, other: Party) -> bool:
    number = _plain_number(one.number)
    return bool(number and number == _plain_number(other.number)) or same_name(one.name, other.name)


def _is_replaced(before: Parties, now: Parties) -> bool:
    """Whether the client became another organisation, and not the one that the company in Bilag says it is."""
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
