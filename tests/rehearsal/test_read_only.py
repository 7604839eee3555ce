"""A rehearsal can only read: what the wrapper does not list is refused, and neither system notices a rehearsal."""

import inspect
from typing import Any

import pytest

from bilag.moment.client import MomentClient
from bilag.moment.expenses import ProjectExpenses
from bilag.platforms.base import AccountingPlatform
from bilag.rehearsal.read_only import (
    READ_OF_EXPENSES,
    READ_OF_MOMENT,
    READ_OF_PLATFORM,
    ReadingExpenses,
    ReadingMoment,
    ReadingPlatform,
    WriteRefused,
    read_only_moment,
    read_only_platform,
)
from tests.support.earlier_books import post_history, rehearsed
from tests.support.world import World

WRITES = {
    AccountingPlatform: {"put_customer", "put_project", "put_department", "post_voucher"},
    MomentClient: {"mark_transferred", "mark_not_to_transfer", "close"},
    ProjectExpenses: {"create", "create_activity", "attach"},
}
READS = {
    AccountingPlatform: READ_OF_PLATFORM,
    MomentClient: READ_OF_MOMENT | {"expenses"},
    ProjectExpenses: READ_OF_EXPENSES,
}


class Everything:
    """Has every attribute; each call is recorded."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_given: self.called.append(name)


def members(of: type) -> set[str]:
    """The public members of a class or protocol."""
    found = {name for name in vars(of) if not name.startswith("_")} | set(inspect.get_annotations(of))
    return found - {"_is_protocol"}


def wrapped(of: type) -> tuple[Any, Everything]:
    inner = Everything()
    if of is AccountingPlatform:
        return read_only_platform(inner), inner  # type: ignore[arg-type]
    moment = read_only_moment(inner)  # type: ignore[arg-type]
    return (moment if of is MomentClient else moment.expenses), inner


@pytest.mark.parametrize("of", list(WRITES))
def test_every_member_that_is_not_on_the_list_is_refused(of: type) -> None:
    reader, inner = wrapped(of)
    refused = members(of) - READS[of]
    assert refused >= WRITES[of]
    for name in [*refused, "a_method_that_comes_later"]:
        with pytest.raises(WriteRefused, match=name):
            getattr(reader, name)
        with pytest.raises(WriteRefused):
            setattr(reader, name, None)
    assert inner.called == []


@pytest.mark.parametrize("of", list(WRITES))
def test_what_is_on_the_list_is_no_writing_method(of: type) -> None:
    assert READS[of] <= members(of) | {"expenses"}
    assert not READS[of] & WRITES[of]


@pytest.mark.parametrize(
    ("protocol", "listed"),
    [
        (ReadingPlatform, READ_OF_PLATFORM),
        (ReadingMoment, READ_OF_MOMENT | {"expenses"}),
        (ReadingExpenses, READ_OF_EXPENSES),
    ],
)
def test_the_types_tell_the_same_as_the_lists(protocol: type, listed: frozenset[str]) -> None:
    assert members(protocol) == listed


def test_neither_system_is_changed_and_no_transfer_is_made(year: World) -> None:
    from bilag.transfers.models import Attempt, Transfer

    post_history(year, seed=3)

    def state() -> tuple[Any, Any, Any]:
        invoices = [(one["version"], one["exportStatus"]) for one in finalised(year)]
        clients = year.hub.ask("GET", "/admin/state")["clients"]
        return invoices, year.hub.ask("GET", "/admin/clients/123/ledger"), [one["counts"] for one in clients]

    from tests.support.earlier_books import finalised

    before = state()
    rehearsed(year)
    assert state() == before
    assert not Transfer.objects.exists()
    assert not Attempt.objects.exists()
