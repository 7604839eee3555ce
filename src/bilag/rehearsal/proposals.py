"""Propose a setup from the evidence of all vouchers. Pure.

A value is proposed only if two thirds of the vouchers that say anything of it fit it, and no other value fits as many. What does
not fit is named.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from bilag.companies.setup import Setup
from bilag.posting.accrual import Allocation
from bilag.posting.rules import DEFAULT_ROUNDING_ACCOUNT
from bilag.posting.text_form import ENTRY_FIELDS, ENTRY_FORM, VOUCHER_FIELDS, WITHOUT_VALUE
from bilag.rehearsal.evidence import (
    ACCRUAL,
    CUSTOMER_NUMBER,
    DEPARTMENT,
    ENTRY_TEXT,
    NO_UNIT,
    NOT_ACCRUED,
    NUMBER_OF,
    PROJECT,
    ROUNDING,
    VOUCHER_NUMBER,
    VOUCHER_TEXT,
    Evidence,
)
from bilag.rehearsal.number_forms import SAME, STRIPPED
from bilag.rehearsal.text_forms import explains, form_of, may_be_set, plainest

BILLABILITY = "expenses.billability_dimension"
SERIES = "platform.voucher_series"
HABITS = (
    PROJECT, DEPARTMENT, BILLABILITY, ACCRUAL, ROUNDING, VOUCHER_TEXT, ENTRY_TEXT, SERIES, VOUCHER_NUMBER,
    CUSTOMER_NUMBER, *NUMBER_OF.values(),
)  # fmt: skip
TEXT_FIELDS = {VOUCHER_TEXT: VOUCHER_FIELDS, ENTRY_TEXT: ENTRY_FIELDS}
"""The habits of texts, with the fields that their forms may have."""
OTHERWISE = {VOUCHER_TEXT: WITHOUT_VALUE, ENTRY_TEXT: ENTRY_FORM}
"""What Bilag writes where a form leaves nothing."""
SETTINGS = frozenset({PROJECT, DEPARTMENT, BILLABILITY, ACCRUAL, ROUNDING, *TEXT_FIELDS})
"""The habits that Bilag has a setting for. The others are noted."""
MOST_EXCEPTIONS = 20
LEAST_SHARE = Fraction(2, 3)
"""A value is proposed if it fits more than this part of the vouchers that say anything of it."""
MOST_VALUES = 500
MOST_FORMS = 50
"""So many forms of texts, the most frequent ones, are candidates."""


class Standing(StrEnum):
    """What a proposal asks for."""

    AS_SET = "as_set"
    """The setup is so already."""
    PROPOSED = "proposed"
    """A person may accept it."""
    NOTED = "noted"
    """The books were kept so, and Bilag has no setting for it."""
    UNDECIDED = "undecided"
    """Several values fit equally well, or none fits most vouchers."""
    UNTOLD = "untold"
    """No voucher says anything of it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the vouchers say of one habit.

    `value` is "" where nothing is proposed. `fits` of `of` vouchers fit it; `exceptions` are the first numbers that do not.
    `others` are the values that fit as well, or that fit next best.
    """

    habit: str
    standing: Standing
    value: str = ""
    current: str = ""
    fits: int = 0
    of: int = 0
    exceptions: tuple[int, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def acceptable(self) -> bool:
        """Whether accepting it changes the setup."""
        return self.standing is Standing.PROPOSED

    def as_json(self) -> dict[str, Any]:
        """Return the proposal as JSON to store; `from_json` reads it."""
        return {
            "habit": self.habit, "standing": str(self.standing), "value": self.value, "current": self.current,
            "fits": self.fits, "of": self.of, "exceptions": list(self.exceptions), "others": list(self.others),
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a proposal stored by `as_json`."""
        values = {**stored, "standing": Standing(stored["standing"])}
        return cls(**{**values, "exceptions": tuple(values["exceptions"]), "others": tuple(values["others"])})


@dataclass
class Tally:
    """Counts the evidence for each value of each habit. Its size depends on the habits, not on the number of vouchers."""

    votes: dict[str, Counter[str]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    def add(self, evidence: Evidence) -> None:
        """Add what one voucher says."""
        for habit, values in evidence.items():
            votes = self.votes.setdefault(habit, Counter())
            self.told[habit] += 1
            votes.update(value for value in dict.fromkeys(values) if value in votes or len(votes) < MOST_VALUES)

    def best(self, habit: str, current: str = "") -> tuple[list[str], int]:
        """Return the values that most vouchers fit, and how many do. `current` is the setup's value."""
        votes = self.votes.get(habit) or Counter()
        if habit in TEXT_FIELDS:
            votes = self._of_forms(habit, votes, current)
        most = max(votes.values(), default=0)
        return sorted(value for value, count in votes.items() if count == most), most

    def _of_forms(self, habit: str, votes: Counter[str], current: str) -> Counter[str]:
        """Count for each form the texts that it explains: also those of invoices that lack some of its fields."""
        seen: Counter[str] = Counter()
        for told, count in votes.items():
            seen[form_of(told)] += count
        forms = {form for form, _ in seen.most_common(MOST_FORMS)} | {current}
        return Counter(
            {
                form: sum(count for told, count in votes.items() if explains(form, told, OTHERWISE[habit]))
                for form in forms
            }
        )


def agrees(habit: str, value: str, evidence: Iterable[str]) -> bool:
    """Tell whether what one voucher says of a habit fits the value."""
    if habit in TEXT_FIELDS:
        return any(explains(value, told, OTHERWISE[habit]) for told in evidence)
    return value in evidence


def current_values(setup: Setup, rounding: str | None) -> dict[str, str]:
    """Return the setup's value of each habit, as evidence spells it. `rounding` is the chart's account."""
    dimensions, accrual = setup.dimensions, setup.accrual
    accrues = accrual.enabled and accrual.debit_account and accrual.credit_account
    return {
        PROJECT: str(dimensions.project or NO_UNIT),
        DEPARTMENT: str(dimensions.department or NO_UNIT),
        BILLABILITY: str(dimensions.billability or NO_UNIT),
        ACCRUAL: f"{accrual.debit_account}/{accrual.credit_account}/{accrual.by}" if accrues else NOT_ACCRUED,
        ROUNDING: setup.rounding.account or rounding or DEFAULT_ROUNDING_ACCOUNT,
        VOUCHER_NUMBER: "0",
        VOUCHER_TEXT: setup.texts.voucher,
        ENTRY_TEXT: setup.texts.entry,
        **dict.fromkeys((CUSTOMER_NUMBER, *NUMBER_OF.values()), SAME),
    }


def propose(tally: Tally, current: Mapping[str, str]) -> list[Proposal]:
    """Return what the vouchers say of every habit, in a fixed order. Exceptions are filled in by `with_exceptions`."""
    proposals = {
        habit: _of(habit, tally, current.get(habit, "")) for habit in HABITS if habit not in NUMBER_OF.values()
    }
    for dimension, habit in NUMBER_OF.items():
        unit = proposals[dimension].value
        proposals[habit] = _of_form(habit, tally, unit)
    return [proposals[habit] for habit in HABITS]


def _of(habit: str, tally: Tally, current: str) -> Proposal:
    told = tally.told[habit]
    if not told:
        return Proposal(habit, Standing.UNTOLD, current=current)
    values, fits = tally.best(habit, current)
    if fits <= told * LEAST_SHARE:
        return Proposal(habit, Standing.UNDECIDED, "", current, fits, told, others=tuple(values[:MOST_EXCEPTIONS]))
    if current in values:
        return Proposal(habit, Standing.AS_SET, current, current, fits, told)
    values = plainest(values) if habit in TEXT_FIELDS else values
    if len(values) > 1 and habit in SETTINGS:
        return Proposal(habit, Standing.UNDECIDED, "", current, fits, told, others=tuple(values[:MOST_EXCEPTIONS]))
    may_be_accepted = may_be_set(values[0], TEXT_FIELDS[habit]) if habit in TEXT_FIELDS else habit in SETTINGS
    standing = Standing.PROPOSED if may_be_accepted else Standing.NOTED
    return Proposal(habit, standing, _plainest(values), current, fits, told)


def _plainest(values: list[str]) -> str:
    """Return the value to note where several fit equally well: a form that adds nothing first."""
    return next((one for one in (SAME, STRIPPED) if one in values), values[0])


def _of_form(habit: str, tally: Tally, unit: str) -> Proposal:
    """Return the form of a dimension's numbers in its unit; the votes begin with the unit."""
    votes = tally.votes.get(habit) or Counter()
    own = Counter({value.partition("/")[2]: count for value, count in votes.items() if value.partition("/")[0] == unit})
    told = Tally({habit: own}, Counter({habit: tally.told[habit] if own else 0}))
    return _of(habit, told, SAME)


def fitting(proposal: Proposal, unit: str = "") -> str:
    """Return the value that evidence must have to fit the proposal. `unit` is the one of the number's dimension."""
    return f"{unit}/{proposal.value}" if proposal.habit in NUMBER_OF.values() else proposal.value


def with_exceptions(proposals: Iterable[Proposal], rows: Iterable[tuple[int, Evidence]]) -> list[Proposal]:
    """Return the proposals with the first numbers that do not fit. `rows`: number and evidence, in order of number."""
    proposals = list(proposals)
    units = {NUMBER_OF[one.habit]: one.value for one in proposals if one.habit in NUMBER_OF}
    open_ones = {
        one.habit: fitting(one, units.get(one.habit, "")) for one in proposals if one.value and one.fits < one.of
    }
    exceptions: dict[str, list[int]] = {habit: [] for habit in open_ones}
    others: dict[str, Counter[str]] = {habit: Counter() for habit in open_ones}
    for number, evidence in rows if open_ones else ():
        for habit, value in open_ones.items():
            if habit in evidence and not agrees(habit, value, evidence[habit]):
                others[habit].update(one for one in evidence[habit] if len(others[habit]) < MOST_VALUES)
                if len(exceptions[habit]) < MOST_EXCEPTIONS:
                    exceptions[habit].append(number)
    return [_with(one, exceptions.get(one.habit, []), others.get(one.habit, Counter())) for one in proposals]


def _with(proposal: Proposal, exceptions: list[int], others: Counter[str]) -> Proposal:
    if not exceptions:
        return proposal
    seen = tuple(
        value.rpartition("/")[2] if proposal.habit in NUMBER_OF.values() else form_of(value)
        for value, _ in others.most_common(3)
    )
    return Proposal(
        proposal.habit,
        proposal.standing,
        proposal.value,
        proposal.current,
        proposal.fits,
        proposal.of,
        tuple(exceptions),
        seen,
    )


def settings_of(proposal: Proposal) -> dict[str, Any]:
    """Return the settings that accepting the proposal changes, by dotted name; None removes a setting."""
    value = proposal.value
    if proposal.habit in (PROJECT, DEPARTMENT, BILLABILITY):
        return {proposal.habit: None if value == NO_UNIT else int(value)}
    if proposal.habit == ROUNDING or proposal.habit in TEXT_FIELDS:
        return {proposal.habit: value}
    if proposal.habit != ACCRUAL:
        raise ValueError(f"{proposal.habit} is no setting")
    if value == NOT_ACCRUED:
        return {"accrual.enabled": False}
    debit, credit, by = value.split("/")
    return {
        "accrual.enabled": True, "accrual.debit_account": debit, "accrual.credit_account": credit,
        "accrual.by": str(Allocation(by)),
    }  # fmt: skip
