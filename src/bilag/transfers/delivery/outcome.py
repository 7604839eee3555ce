"""The outcome of one try of a transfer, and how another system's error becomes one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.transfers.models import State, Verdict
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of the transfer after the try. `fields` are columns to set on its row."""

    state: State
    verdict: Verdict
    reason: SkipReason | None = None
    problems: tuple[Problem, ...] = ()
    next_in: timedelta | None = None
    """The time until the next try of one in doubt or waiting; None: the backoff decides."""
    retry_after: int | None = None
    """Seconds until the next try that the other system requested."""
    sent_in_doubt: bool = False
    """A request of this try was sent, and its result is unknown: the doubt begins now."""
    fields: dict[str, Any] = field(default_factory=dict)
    blocked_by: int | None = None
    """The transfer that a person must fix first."""

    @property
    def limited(self) -> bool:
        """Whether it only waits for the other system's rate limit. This is no failure: others need not wait for it."""
        return bool(self.problems) and all(one.code == "rate_limited" for one in self.problems)


class Blocked(Exception):
    """A person must fix another transfer first."""

    def __init__(self, transfer_id: int, problem: Problem) -> None:
        self.transfer_id = transfer_id
        self.problem = problem
        super().__init__(str(problem))


def done(verdict: Verdict = Verdict.DONE, **fields: Any) -> Outcome:
    """Accounting has it."""
    return Outcome(State.DONE, verdict, fields=fields)


def skipped(reason: SkipReason, **fields: Any) -> Outcome:
    """Return the outcome of a transfer that is skipped for a reason."""
    return Outcome(State.SKIPPED, Verdict.SKIPPED, reason=reason, fields=fields)


def needs_attention(*problems: Problem, verdict: Verdict = Verdict.REFUSED, **fields: Any) -> Outcome:
    """Return the outcome that a person must act."""
    return Outcome(State.NEEDS_ATTENTION, verdict, problems=problems, fields=fields)


def held_up(blocked: Blocked, **fields: Any) -> Outcome:
    """Return the outcome that a person must fix another transfer first."""
    return Outcome(
        State.NEEDS_ATTENTION,
        Verdict.REFUSED,
        problems=(blocked.problem,),
        fields=fields,
        blocked_by=blocked.transfer_id,
    )


def doubtful(next_in: timedelta, *problems: Problem, sent: bool = False, **fields: Any) -> Outcome:
    """Accounting may have it: look it up again, do not send it again."""
    return Outcome(
        State.IN_DOUBT, Verdict.IN_DOUBT, problems=problems, next_in=next_in, sent_in_doubt=sent, fields=fields
    )


def of_error(error: EdgeError, *, sent: bool, look_in: timedelta) -> Outcome:
    """Return the outcome of another system's error. `sent`: a request that is not idempotent was sent."""
    match error:
        case Unavailable() if sent and not error.outcome_known:
            return doubtful(look_in, *error.problems, sent=True)
        case Unavailable():
            return Outcome(State.WAITING, Verdict.UNAVAILABLE, problems=error.problems, retry_after=error.retry_after)
        case Misconfigured():
            return Outcome(State.QUEUED, Verdict.MISCONFIGURED, problems=error.problems)
        case Refused():
            return needs_attention(*error.problems)
        case _:
            raise AssertionError(f"unknown kind of error: {error!r}")
