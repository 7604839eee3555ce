"""Two plans of one invoice side by side: only what differs between them."""

from dataclasses import dataclass, fields

from bilag.posting.plan import PostingPlan
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Voucher

NOT_SHOWN = ("entries",)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one plan has and the other has not. Falsy when nothing differs."""

    header: tuple[tuple[str, str, str], ...] = ()
    gone: tuple[Entry, ...] = ()
    come: tuple[Entry, ...] = ()
    fixed: tuple[Problem, ...] = ()
    added: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def difference(before: PostingPlan, after: PostingPlan) -> Difference:
    """What changes from `before` to `after`; entries that are equal in all but their order do not."""
    old, new = _entries(before), _entries(after)
    return Difference(
        header=tuple(_header(before, after)),
        gone=_without(old, new),
        come=_without(new, old),
        fixed=tuple(problem for problem in before.problems if problem not in after.problems),
        added=tuple(problem for problem in after.problems if problem not in before.problems),
    )


def _entries(plan: PostingPlan) -> list[Entry]:
    return [entry for voucher in plan.vouchers for entry in voucher.entries]


def _without(these: list[Entry], those: list[Entry]) -> tuple[Entry, ...]:
    """Entries of `these` beyond those that `those` has too, each counted as often as it stands there."""
    left = list(those)
    result: list[Entry] = []
    for entry in these:
        if entry in left:
            left.remove(entry)
        else:
            result.append(entry)
    return tuple(result)


def _header(before: PostingPlan, after: PostingPlan) -> list[tuple[str, str, str]]:
    if not before.vouchers or not after.vouchers:
        return []
    old, new = before.vouchers[0], after.vouchers[0]
    names = [one.name for one in fields(Voucher) if one.name not in NOT_SHOWN]
    return [
        (name, str(getattr(old, name)), str(getattr(new, name)))
        for name in names
        if getattr(old, name) != getattr(new, name)
    ]
