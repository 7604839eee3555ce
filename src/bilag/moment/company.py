"""What Moment says of the company itself: name and organisation number.

The contract has no such object. The address of a company's lists without a list is the obvious place for one, so Bilag asks
there; most likely Moment does not answer, and then nothing is known. No answer to this request is an error.
"""

from dataclasses import dataclass

from bilag.moment.session import MomentSession, NotFound
from bilag.moment.wire import MomentObject, Number, Words, parse
from bilag.wire.errors import EdgeError


class CompanyWire(MomentObject):
    """The company. The names of the fields are those of a customer."""

    name: Words | None = None
    organization_number: Number | None = None


@dataclass(frozen=True, slots=True)
class MomentCompany:
    """Name and organisation number; None where Moment says nothing."""

    name: str | None = None
    number: str | None = None


def read_company(session: MomentSession) -> MomentCompany:
    """Ask Moment for the company. Raises nothing."""
    try:
        wire = parse(CompanyWire, session.get(""), "company")
    except (EdgeError, NotFound):
        return MomentCompany()
    return MomentCompany(wire.name or None, wire.organization_number or None)
