"""Finds the transfers of a wish, page by page from where the last ended, each by an index however many there are."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from bilag.posting.selection import OSLO
from bilag.transfers.models import Kind, Transfer
from bilag.web.transfers_pages.causes import of_cause
from bilag.web.transfers_pages.filters import Filters

PAGE = 50
NEAR = 5_000
LARGEST_ID = 2**63 - 1
SORT_FIELD = {"newest": "id", "oldest": "id", "done": "done_at", "total": "total"}
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of transfers, and the places before and behind it (None = there is nothing)."""

    rows: list[Transfer]
    before: str | None
    after: str | None


def found(company_id: int, wish: Filters) -> QuerySet[Transfer]:
    """All transfers of the wish, in no order."""
    conditions = _searched(wish.q)
    return _wished(company_id, wish).filter(reduce(or_, conditions)) if conditions else _wished(company_id, wish)


def _wished(company_id: int, wish: Filters) -> QuerySet[Transfer]:
    """The transfers of the wish but for what is searched."""
    rows = Transfer.objects.filter(company_id=company_id)
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    if wish.state:
        rows = rows.filter(state=wish.state)
    if wish.cause:
        rows = rows.filter(of_cause(wish.cause))
    day = "done_at" if wish.sort == "done" else "hinted_at"
    if wish.begin:
        rows = rows.filter(**{f"{day}__gte": datetime.combine(wish.begin, time(), OSLO)})
    if wish.end:
        rows = rows.filter(**{f"{day}__lt": datetime.combine(wish.end + timedelta(days=1), time(), OSLO)})
    return rows


def page(company_id: int, wish: Filters, *, after: str = "", before: str = "") -> Page:
    """The page behind `after`, or before `before`; the first where neither is understood."""
    descending = wish.sort != "oldest"
    name = SORT_FIELD[wish.sort]
    rows = _wished(company_id, wish)
    if name != "id":
        rows = rows.filter(**{f"{name}__isnull": False})
    backwards = not after and _place(before, name) is not None
    place = _place(before if backwards else after, name)
    if place is not None:
        rows = rows.filter(_beyond(name, place, smaller=descending != backwards))
    sign = "-" if descending != backwards else ""
    order = [f"{sign}{name}"] if name == "id" else [f"{sign}{name}", f"{sign}id"]
    if wish.q:
        # Each condition is asked for by itself: one index serves each, and none would serve them together.
        branches = [_first_of(rows, condition, order) for condition in _searched(wish.q)]
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


def _first_of(rows: QuerySet[Transfer], condition: Q, order: list[str]) -> list[Transfer]:
    """The first rows of `order` that meet what is searched for, and one more than a page.

    The planner takes what is rare for common and walks the whole list. So the nearest rows are walked first, which is
    enough for what is common; what is rare is found by its own index, as an order by an expression leaves no other way.
    """
    near = rows.order_by(*order).values("pk")[:NEAR]
    found = list(Transfer.objects.filter(condition, pk__in=near).order_by(*order)[: PAGE + 1])
    if len(found) > PAGE:
        return found
    hidden = [Coalesce(name.lstrip("-"), name.lstrip("-")) for name in order]
    apart = [field.desc() if name.startswith("-") else field.asc() for field, name in zip(hidden, order, strict=True)]
    return list(rows.filter(condition).order_by(*apart)[: PAGE + 1])


def _searched(text: str) -> list[Q]:
    """What is searched for, any of which will do: the whole number of the object or its customer, or words of a name by
    their beginnings. Empty where nothing is searched for."""
    if not text:
        return []
    # All kinds are named, so that the index on (company, kind, number) is of use.
    conditions = [Q(kind__in=list(Kind), number=text), Q(customer_number=text)]
    words = WORD.findall(text)
    if words and not text.isdigit():
        query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
        conditions.append(Q(name_words=query))
    return conditions


def _beyond(name: str, place: tuple[Any, int], *, smaller: bool) -> Q:
    value, pk = place
    how = "lt" if smaller else "gt"
    if name == "id":
        return Q(**{f"id__{how}": pk})
    # The first condition says again what the second does: it is what the index understands.
    return Q(**{f"{name}__{how}e": value}) & (Q(**{f"{name}__{how}": value}) | Q(**{f"id__{how}": pk}))


def _text(row: Transfer, name: str) -> str:
    value = getattr(row, name)
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{row.pk}"


def _place(text: str, name: str) -> tuple[Any, int] | None:
    value, _, pk = text.rpartition("~")
    if not (pk.isascii() and pk.isdigit() and int(pk) <= LARGEST_ID):
        return None
    try:
        match name:
            case "done_at":
                moment = datetime.fromisoformat(value)
                return (moment, int(pk)) if moment.tzinfo else None
            case "total":
                amount = Decimal(value)
                return (amount, int(pk)) if amount.is_finite() else None
            case _:
                return (int(pk), int(pk))
    except (ValueError, InvalidOperation):
        return None
