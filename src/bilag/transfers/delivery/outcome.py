"""What one try of a transfer came to, and how another system's failure becomes one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bilag.posting.problem import Problem
from bilag.transfers.models import State
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the transfer stands after the try. `fields` are columns to be set on its row."""

    state: State
    verdict: str
    reason: str | None = None
    problems: tuple[Problem, ...] = ()
    next_in: timedelta | None = None
    """For in_doubt and waiting; None there means the growing pause."""
    retry_after: int | None = None
    sent_in_doubt: bool = False
    """A request left in this try and its outcome is not known: the time of doubt begins now."""
    fields: dict[str, Any] = field(default_factory=dict)
    blocked_by: int | None = None

    @property
    def limited(self) -> bool:
        """It only waits for its turn at a limit of the other side, which says when: that is no failure."""
        return bool(self.problems) and all(one.code == "rate_limited" for one in self.problems)


class Blocked(Exception):
    """Another transfer must be mended first."""

    def __init__(self, transfer_id: int, problem: Problem) -> None:
        self.transfer_id = transfer_id
        self.problem = problem
        super().__init__(str(problem))


def done(verdict: str = "done", **fields: Any) -> Outcome:
    """It stands in accounting."""
    return Outcome(State.DONE, verdict, fields=fields)


def skipped(reason: str, **fields: Any) -> Outcome:
    """It stays in Moment, for a reason."""
    return Outcome(State.SKIPPED, "skipped", reason=reason, fields=fields)


def needs_person(*problems: Problem, verdict: str = "refused", **fields: Any) -> Outcome:
    """A person must act."""
    return Outcome(State.NEEDS_ATTENTION, verdict, problems=problems, fields=fields)


def doubtful(next_in: timedelta, *problems: Problem, sent: bool = False, **fields: Any) -> Outcome:
    """It may be there: it is looked up again, not sent again."""
    return Outcome(State.IN_DOUBT, "in_doubt", problems=problems, next_in=next_in, sent_in_doubt=sent, fields=fields)


def of_error(error: EdgeError, *, sent: bool, look_in: timedelta) -> Outcome:
    """What an error of another system means. `sent`: something that cannot simply be repeated was on its way."""
    match error:
        case Unavailable() if sent and not error.outcome_known:
            return doubtful(look_in, *error.problems, sent=True)
        case Unavailable():
            return Outcome(State.WAITING, "unavailable", problems=error.problems, retry_after=error.retry_after)
        case Misconfigured():
            return Outcome(State.QUEUED, "misconfigured", problems=error.problems)
        case Refused():
            return needs_person(*error.problems)
        case _:
            raise AssertionError(f"unknown kind of error: {error!r}")
