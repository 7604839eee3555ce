"""Read Moment's lists, and interpret a 404 on them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bilag.moment.paging import Ask, Row, whole_list
from bilag.moment.session import HtmlNotFound, MomentSession, NotFound
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Unavailable

Reader = Callable[[Ask, str], Iterator[Row]]
"""`whole_list`, or `search_list` to find one row."""


def read_list(
    session: MomentSession, what: str, params: Mapping[str, str], reader: Reader = whole_list
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list that always exists: if Moment answers 404, the company does not."""
    try:
        yield from reader(lambda page: session.get(what, {**params, **page}), what)
    except HtmlNotFound as error:
        raise unexpected_page() from error
    except NotFound as error:
        raise company_not_found() from error


def unexpected_page() -> Unavailable:
    """Return the error for a 404 with an HTML page: it comes from a proxy, so it says nothing about the object."""
    return Unavailable(Problem("moment_unavailable", "", {"cause": "HTTP 404 with a page"}), outcome_known=True)


def company_not_found() -> Misconfigured:
    """Return the error for a company id that Moment does not know."""
    return Misconfigured([Problem("moment_company_unknown", "setup moment.company_id")])
