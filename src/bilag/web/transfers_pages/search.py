"""Find the transfers that match the filters, one page at a time (keyset pagination), always through an index."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from bilag.posting.selection import OSLO
from bilag.transfers.company_words import OfCompany
from bilag.transfers.models import Kind, Transfer
from bilag.transfers.queries.causes import of_cause
from bilag.transfers.queries.excluded import TO_POST_MANUALLY
from bilag.web.transfers_pages.filters import Filters
from bilag.web.whole_numbers import whole_number

PAGE = 50
NEAR = 5_000
SORT_FIELD = {
    "newest": "id",
    "oldest": "id",
    "done": "done_at",
    "done_first": "done_at",
    "total": "total",
    "total_least": "total",
}
ASCENDING = {"oldest", "done_first", "total_least"}
WORD = re.compile(r"\w+")
SHOWN = (
    *("kind", "number", "state", "reason", "problems", "name", "total", "currency"),
    *("journal_number", "hinted_at", "done_at"),
)
"""The columns that the list shows; a third of all."""


class _HasWords(Func):
    """Whether words match a query, in the terms of the index."""

    arg_joiner = " @@ "
    template = "(%(expressions)s)"
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of transfers, with the keys of the previous and the next page (None = there is none)."""

    rows: list[Transfer]
    before: str | None
    after: str | None


def found(company_id: int, filters: Filters) -> QuerySet[Transfer]:
    """Return all transfers that match the filters, unordered."""
    conditions = _searched(company_id, filters.q)
    return (
        _filtered(company_id, filters).filter(reduce(or_, conditions)) if conditions else _filtered(company_id, filters)
    )


def _filtered(company_id: int, filters: Filters) -> QuerySet[Transfer]:
    """Return the transfers that match the filters, without the text search."""
    rows = Transfer.objects.filter(company_id=company_id)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.cause:
        rows = rows.filter(of_cause(filters.cause))
    if filters.reason:
        rows = rows.filter(TO_POST_MANUALLY)
    day = "done_at" if SORT_FIELD[filters.sort] == "done_at" else "hinted_at"
    if filters.begin:
        rows = rows.filter(**{f"{day}__gte": datetime.combine(filters.begin, time(), OSLO)})
    if filters.end:
        rows = rows.filter(**{f"{day}__lt": datetime.combine(filters.end + timedelta(days=1), time(), OSLO)})
    return rows


def page(company_id: int, filters: Filters, *, after: str = "", before: str = "") -> Page:
    """Return the page after `after` or before `before`; the first page if neither is valid."""
    descending = filters.sort not in ASCENDING
    name = SORT_FIELD[filters.sort]
    rows = _filtered(company_id, filters).only(*SHOWN)
    if name != "id":
        rows = rows.filter(**{f"{name}__isnull": False})
    backwards = not after and _place(before, name) is not None
    place = _place(before if backwards else after, name)
    if place is not None:
        rows = rows.filter(_beyond(name, place, smaller=descending != backwards))
    sign = "-" if descending != backwards else ""
    order = [f"{sign}{name}"] if name == "id" else [f"{sign}{name}", f"{sign}id"]
    if filters.q:
        # Run one query per condition: each has an index, and no index covers all of them.
        branches = [_first_of(company_id, rows, condition, order) for condition in _searched(company_id, filters.q)]
        all_found = {row.pk: row for branch in branches for row in branch}
        shown = sorted(all_found.values(), key=lambda row: (getattr(row, name), row.pk), reverse=sign == "-")
        shown = shown[: PAGE + 1]
    else:
        shown = list(rows.order_by(*order)[: PAGE + 1])
    more, shown = len(shown) > PAGE, shown[:PAGE]
    if backwards:
        shown.reverse()
    has_before, has_after = (more, True) if backwards else (place is not None, more)
    return Page(
        shown,
        _text(shown[0], name) if shown and has_before else None,
        _text(shown[-1], name) if shown and has_after else None,
    )


def _first_of(company_id: int, rows: QuerySet[Transfer], condition: Q, order: list[str]) -> list[Transfer]:
    """Return the first rows in `order` that meet the condition, at most one more than a page.

    The planner takes rare texts for common ones and scans the whole list. So search the nearest rows first, which is
    enough for common texts. Rare texts are then found through their own index: ordering by an expression keeps the
    planner from scanning the list.
    """
    near = rows.order_by(*order).values("pk")[:NEAR]
    own = Transfer.objects.filter(company_id=company_id)  # the indexes begin with the company
    found = list(own.only(*SHOWN).filter(condition, pk__in=near).order_by(*order)[: PAGE + 1])
    if len(found) > PAGE:
        return found
    hidden = [Coalesce(name.lstrip("-"), name.lstrip("-")) for name in order]
    apart = [field.desc() if name.startswith("-") else field.asc() for field, name in zip(hidden, order, strict=True)]
    return list(rows.filter(condition).order_by(*apart)[: PAGE + 1])


def _searched(company_id: int, text: str) -> list[Q]:
    """Return the conditions of a text search in a company, any of which must hold: the object's number, its customer's number,
    or the beginnings of words in its name. Empty for an empty text.
    """
    if not text:
        return []
    # Naming all kinds lets PostgreSQL use the index on (company, kind, number).
    conditions = [Q(kind__in=list(Kind), number=text), Q(customer_number=text)]
    words = WORD.findall(text)
    if words and not text.isdigit():
        query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
        own = OfCompany("name_words", "company_id", kind="tsvector")
        conditions.append(Q(_HasWords(own, OfCompany(query, Value(company_id), kind="tsquery"))))
    return conditions


def _beyond(name: str, place: tuple[Any, int], *, smaller: bool) -> Q:
    """Return the condition for rows beyond a place in the order."""
    value, pk = place
    how = "lt" if smaller else "gt"
    if name == "id":
        return Q(**{f"id__{how}": pk})
    # The first condition is redundant, but it is the one that the index can use.
    return Q(**{f"{name}__{how}e": value}) & (Q(**{f"{name}__{how}": value}) | Q(**{f"id__{how}": pk}))


def _text(row: Transfer, name: str) -> str:
    """Encode the place of a row for the query string."""
    value = getattr(row, name)
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{row.pk}"


def _place(text: str, name: str) -> tuple[Any, int] | None:
    """Decode a place; None if the text is not valid."""
    value, _, place = text.rpartition("~")
    pk = whole_number(place)
    if pk is None:
        return None
    try:
        match name:
            case "done_at":
                moment = datetime.fromisoformat(value)
                return (moment, pk) if moment.tzinfo else None
            case "total":
                amount = Decimal(value)
                return (amount, pk) if amount.is_finite() else None
            case _:
                return (pk, pk)
    except (ValueError, InvalidOperation):
        return None
