"""Group the transfers that need attention by cause, rendered in the language of the page."""

from dataclasses import dataclass

from bilag.messages.render import RenderedProblem
from bilag.transfers.queries import causes as found
from bilag.web.templatetags.bilag import problem

MOST = 12
of_cause = found.of_cause


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its key in URLs, the number of transfers, and the problem of the newest one."""

    key: str
    count: int
    rendered: RenderedProblem


def causes(company_id: int) -> list[Cause]:
    """Return the causes, the most frequent first."""
    return [Cause(one.key, one.count, problem(one.problem)) for one in found.causes(company_id, MOST)]
