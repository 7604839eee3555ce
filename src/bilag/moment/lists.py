"""Lists that Moment surely has, and what it means when it says that there is nothing at an address."""

from collections.abc import Iterator, Mapping
from typing import Any

from bilag.moment.paging import pages
from bilag.moment.session import MomentTalk, NoSuchThing, NotMoment
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Unavailable


def known_list(talk: MomentTalk, what: str, params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of a list that Moment surely has: where it is not found, the company is not."""
    try:
        yield from pages(lambda page: talk.get(what, {**params, **page}), what)
    except NotMoment as error:
        raise a_page() from error
    except NoSuchThing as error:
        raise no_such_company() from error


def a_page() -> Unavailable:
    """404 with a page for people: whatever that is, it is not Moment's word on the object."""
    return Unavailable(Problem("moment_unavailable", "", {"cause": "HTTP 404 with a page"}), outcome_known=True)


def no_such_company() -> Misconfigured:
    """Moment does not know the company of the setup."""
    return Misconfigured([Problem("moment_company_unknown", "setup moment.company_id")])
