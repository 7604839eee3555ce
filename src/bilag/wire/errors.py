"""The three errors by which the rest of Bilag sees another system's failure. The class is the decision:

EdgeError
├── Unavailable      network, time-out, 429, 5xx, a proxy's page: retry automatically
├── Refused          the other system rejected this object: needs attention
└── Misconfigured    credentials, client, privilege, unit: pause the company until its setup is corrected
"""

from collections.abc import Sequence

from bilag.posting.problem import Problem


class EdgeError(Exception):
    """Another system did not do what was requested."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(_for_the_log, self.problems)))


def _for_the_log(problem: Problem) -> str:
    """Return the problem with its technical details, which a person is not shown."""
    details = [f"{name}={text[:200]}" for name in ("cause", "field", "why") if (text := problem.facts.get(name))]
    return f"{problem.code} {problem.subject}: {'; '.join([*details, problem.said or ''])}".strip()


class Unavailable(EdgeError):
    """The other system could not be reached or is busy; retry automatically.

    `outcome_known` is True if the request certainly had no effect. If False, it may have had one: look up the outcome
    before sending again. `retry_after` is in seconds, None if the other system gave no time.
    """

    def __init__(self, problem: Problem, *, outcome_known: bool, retry_after: int | None = None) -> None:
        self.outcome_known = outcome_known
        self.retry_after = retry_after
        super().__init__([problem])


class Refused(EdgeError):
    """The other system rejected the object. Someone must fix what the problems name."""


class Misconfigured(EdgeError):
    """Credentials, client id, privilege or unit are wrong.

    Nothing of the company can be sent until its setup is corrected.
    """
