"""The habits of an integration that posted invoices before Bilag, and the mistakes it made."""

import random
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

TEXTS = ("description", "number", "customer", "moment", "account")
"""What a voucher's text says: see `history.text_of`."""
TEXT_PARTS = ("{kind}", "{number}", "{description}", "{customer}", "{customerNumber}", "{project}", "{reference}")
"""The fields of `Habits.text_parts`. Words may stand beside a field: "Faktura {number}"."""
ENTRY_TEXTS = ("line", "voucher", "account", "numbered")
"""What an entry's text says: that of the line, that of the voucher, the account's name, or invoice number and line."""
SEPARATORS = (" ", ", ", " - ", " / ")
ALLOCATIONS = ("off", "months", "days")
RELATIONS = ("related", "text")
MISTAKES = ("wrongVatCode", "missing", "twice", "oreOff", "withoutUnits")
TEXT_UNITS = range(7, 13)


@dataclass(frozen=True, slots=True)
class Habits:
    """How the integration posts. Amounts, dates and payment ids are as Moment gives them."""

    project_unit: int | None = 2
    """The organisational unit (1-12) of projects; None: not posted."""
    department_unit: int | None = 1
    project_zeros: int = 0
    """Project numbers are padded with zeros to so many digits, in a unit of text; 0: as Moment has them."""
    rounding_account: str = "7740"
    accrual: str = "off"
    """Income of later months is spread by `months` or `days`, or not at all: `off`."""
    accrual_debit: str = "3910"
    accrual_credit: str = "2965"
    accrual_relation: str = "related"
    """How an accrual voucher names its invoice: by `related` number, or only in its `text`."""
    number_offset: int = 0
    """A voucher's number is the invoice's plus this."""
    text: str = "description"
    text_parts: tuple[str, ...] = ()
    """A voucher's text is made of these, one after another; one without a value is left out. None: see `text`."""
    text_separator: str = " "
    entry_text: str = "line"
    credit_note_offset: int | None = None
    """A credit note's voucher number is its own plus this; None: as invoices."""
    offset_from: int | None = None
    """From this invoice on, numbers are `later_offset` higher; None: never."""
    later_offset: int = 0
    customer_zeros: int = 0
    """Customer numbers are padded with zeros to so many digits; 0: as Moment has them."""
    vat_until: tuple[str, str, str, str] | None = None
    """Account, VAT code on the invoice, VAT code posted instead, and the last day (ISO) on which it was; None: never."""

    @classmethod
    def from_json(cls, given: Any) -> "Habits":
        """Read habits as `as_json` writes them; those left out are the defaults. Raises `ValueError`."""
        names = {_camel(one.name): one.name for one in fields(cls)}
        if not isinstance(given, dict) or set(given) - set(names):
            raise ValueError(f"habits are an object with any of {', '.join(names)}")
        values: dict[str, Any] = {names[name]: value for name, value in given.items()}
        values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        habits = cls(**values)
        for value, known in (
            (habits.text, TEXTS),
            (habits.entry_text, ENTRY_TEXTS),
            (habits.accrual, ALLOCATIONS),
            (habits.accrual_relation, RELATIONS),
        ):
            if value not in known:
                raise ValueError(f"{value!r} is none of {', '.join(known)}")
        named = {name for part in habits.text_parts for name in re.findall(r"\{.*?\}", part)}
        if named - set(TEXT_PARTS):
            raise ValueError(f"textParts have the fields {', '.join(TEXT_PARTS)}")
        units = [unit for unit in (habits.project_unit, habits.department_unit) if unit is not None]
        if len(set(units)) < len(units) or any(unit not in range(1, 13) for unit in units):
            raise ValueError("projectUnit and departmentUnit are two different units from 1 to 12")
        return habits

    def as_json(self) -> dict[str, Any]:
        """Return the habits as the admin API takes them."""
        return {_camel(name): value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Mistakes:
    """How many invoices of each kind of mistake to make."""

    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, given: Any) -> "Mistakes":
        """Read counts by kind. Raises `ValueError`."""
        if not isinstance(given, dict) or set(given) - set(MISTAKES):
            raise ValueError(f"mistakes are an object with any of {', '.join(MISTAKES)}")
        if any(type(count) is not int or count < 0 for count in given.values()):
            raise ValueError("a mistake is made a whole number of times")
        return cls(dict(given))


def drawn_habits(seed: int) -> Habits:
    """Draw habits: each is the usual one about half of the time."""
    rng = random.Random(f"habits {seed}")
    project, department = rng.choice([(2, 1), (2, 1), (2, 3), (1, 2), (7, 1), (8, 3), (2, None), (12, 5)])
    parts, separator = _drawn_text(seed)
    credit_notes, later_from, later = _drawn_numbers(seed)
    return Habits(
        project_unit=project,
        department_unit=department,
        project_zeros=rng.choice([0, 6]) if project in TEXT_UNITS else 0,
        rounding_account=rng.choice(["7740", "7740", "7745", "7790"]),
        accrual=rng.choice(ALLOCATIONS),
        accrual_debit=rng.choice(["3910", "3911", "2965"]),
        accrual_credit=rng.choice(["2961", "2970"]),
        accrual_relation=rng.choice(RELATIONS),
        number_offset=rng.choice([0, 0, 100_000, 2_000_000]),
        text=rng.choice(TEXTS),
        customer_zeros=rng.choice([0, 0, 8]),
        text_parts=parts,
        text_separator=separator,
        entry_text=random.Random(f"entry text {seed}").choice(ENTRY_TEXTS),
        credit_note_offset=credit_notes,
        offset_from=later_from,
        later_offset=later,
    )


def _drawn_text(seed: int) -> tuple[tuple[str, ...], str]:
    """Draw a text of two to four parts, always with the number; half of the time none."""
    rng = random.Random(f"text {seed}")
    if rng.random() < 0.5:
        return (), " "
    others = ["{kind}", "{description}", "{customer}", "{project}", "{reference}", "kunde {customerNumber}"]
    parts = [rng.choice(["{number}", "Faktura {number}", "nr. {number}"]), *rng.sample(others, rng.randint(1, 3))]
    rng.shuffle(parts)
    return tuple(parts), rng.choice(SEPARATORS)


def _drawn_numbers(seed: int) -> tuple[int | None, int | None, int]:
    """Draw numbers of their own for credit notes, and higher ones from some invoice of the sample year on: most often neither."""
    rng = random.Random(f"numbers {seed}")
    credit_notes = rng.choice([300_000, 4_000_000]) if rng.random() < 0.3 else None
    if rng.random() < 0.7:
        return credit_notes, None, 0
    return credit_notes, rng.randint(5100, 5200), rng.choice([10_000, 50_000])


def drawn_mistakes(seed: int) -> Mistakes:
    """Draw how often each mistake was made: none to three times."""
    rng = random.Random(f"mistakes {seed}")
    return Mistakes({kind: rng.randint(0, 3) for kind in MISTAKES})


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(one.capitalize() for one in others)
