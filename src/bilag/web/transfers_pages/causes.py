"""What needs a person, by cause, told in the page's language."""

from dataclasses import dataclass

from bilag.messages.render import RenderedProblem
from bilag.transfers.queries import causes as found
from bilag.web.templatetags.bilag import problem

MOST = 12
of_cause = found.of_cause


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its key in addresses, how many wait for it, told as of the newest."""

    key: str
    count: int
    told: RenderedProblem


def causes(company_id: int) -> list[Cause]:
    """The causes, the commonest first."""
    return [Cause(one.key, one.count, problem(one.problem)) for one in found.causes(company_id, MOST)]
