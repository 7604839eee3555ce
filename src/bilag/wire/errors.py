"""The three errors that are all the rest of Bilag knows of another system's failure. An error class is a decision.

EdgeError
├── Unavailable      network, time-out, 429, 5xx, a proxy's page: tried again by itself
├── Refused          the other system said no to this object: a person acts
└── Misconfigured    credentials, client, privilege, unit: the company pauses until the setup is mended
"""

from collections.abc import Sequence

from bilag.posting.problem import Problem


class EdgeError(Exception):
    """Another system did not do what was asked."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(_for_the_log, self.problems)))


def _for_the_log(problem: Problem) -> str:
    """Return the problem with its technical details, which a person is not shown."""
    details = [f"{name}={text[:200]}" for name in ("cause", "field", "why") if (text := problem.facts.get(name))]
    return f"{problem.code} {problem.subject}: {'; '.join([*details, problem.said or ''])}".strip()


class Unavailable(EdgeError):
    """It could not be reached, or is busy. Tried again by itself.

    `outcome_known` is True when the request surely had no effect; False when it may have taken effect, so that the
    outcome must be read back before anything is sent again. `retry_after` is in seconds, when the other side said so.
    """

    def __init__(self, problem: Problem, *, outcome_known: bool, retry_after: int | None = None) -> None:
        self.outcome_known = outcome_known
        self.retry_after = retry_after
        super().__init__([problem])


class Refused(EdgeError):
    """The other system understood and said no. A person must mend what the problems name."""


class Misconfigured(EdgeError):
    """Credentials, client id, privilege or unit are wrong: nothing of this company can go until the setup is mended."""
