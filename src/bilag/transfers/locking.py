"""Lock several transfers in one order, so that two transactions never wait for each other."""

from django.db.models import QuerySet

from bilag.transfers.models import Transfer


def locked(rows: QuerySet[Transfer], *, skip_locked: bool = False) -> list[Transfer]:
    """Lock these transfers until the transaction ends, by kind and number, and return them in that order.

    `skip_locked` leaves out those that another transaction holds.
    """
    return list(rows.select_for_update(of=("self",), skip_locked=skip_locked).order_by("kind", "number"))


def locked_ids(rows: QuerySet[Transfer], *, skip_locked: bool = False) -> list[int]:
    """Lock these transfers as `locked` does, and return their ids, oldest first."""
    held = rows.select_for_update(of=("self",), skip_locked=skip_locked).order_by("kind", "number")
    return sorted(held.values_list("pk", flat=True))
