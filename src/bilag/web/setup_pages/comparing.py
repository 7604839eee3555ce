"""Compare two posting plans of one invoice."""

from dataclasses import dataclass, fields
from typing import Any

from bilag.posting.plan import PostingPlan
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Voucher

NOT_SHOWN = ("entries",)


@dataclass(frozen=True, slots=True)
class Difference:
    """The differences between two plans. Falsy when there are none.

    `header` is field name, old value and new value. `removed` and `added` are entries of only one plan; `fixed` and
    `new_problems` are problems of only one plan.
    """

    header: tuple[tuple[str, Any, Any], ...] = ()
    removed: tuple[Entry, ...] = ()
    added: tuple[Entry, ...] = ()
    fixed: tuple[Problem, ...] = ()
    new_problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def difference(before: PostingPlan, after: PostingPlan) -> Difference:
    """Return the differences from `before` to `after`. The order of the entries does not count."""
    old, new = _entries(before), _entries(after)
    return Difference(
        header=tuple(_header(before, after)),
        removed=_without(old, new),
        added=_without(new, old),
        fixed=tuple(problem for problem in before.problems if problem not in after.problems),
        new_problems=tuple(problem for problem in after.problems if problem not in before.problems),
    )


def _entries(plan: PostingPlan) -> list[Entry]:
    return [entry for voucher in plan.vouchers for entry in voucher.entries]


def _without(these: list[Entry], those: list[Entry]) -> tuple[Entry, ...]:
    """Return the entries of `these` minus the entries of `those`, counting repeated entries."""
    left = list(those)
    result: list[Entry] = []
    for entry in these:
        if entry in left:
            left.remove(entry)
        else:
            result.append(entry)
    return tuple(result)


def _header(before: PostingPlan, after: PostingPlan) -> list[tuple[str, Any, Any]]:
    """Return the header fields that differ, with both values."""
    if not before.vouchers or not after.vouchers:
        return []
    old, new = before.vouchers[0], after.vouchers[0]
    names = [one.name for one in fields(Voucher) if one.name not in NOT_SHOWN]
    return [
        (name, getattr(old, name), getattr(new, name)) for name in names if getattr(old, name) != getattr(new, name)
    ]
