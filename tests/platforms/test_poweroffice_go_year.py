"""The same invoices through the hub's ledger and PowerOffice Go's, by both ways to post: every balance agrees.

`make judge` posts the whole sample year; a run of all tests takes a part that is spread over it.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bilag.exports.entries import JournalVoucher, balances
from bilag.moment.client import MomentClient
from bilag_sandbox import hub, moment
from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import running
from tests.support.poweroffice_go.company import MANUAL, OUTGOING, Company
from tests.support.sample_year import TAKEN, UNITS, Year, at_the_hub, posted
from tests.support.world import LAST_DAY

WAYS = {"outgoing": (OUTGOING, MANUAL), "manual": (MANUAL,)}


@pytest.fixture(scope="module")
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def year(opened: ExitStack) -> Year:
    address = opened.enter_context(running(moment.app(sample="finalized", last_day=LAST_DAY)))
    client = MomentClient(address, moment.COMPANY_ID, moment.API_KEY)
    opened.callback(client.close)
    return Year(client)


@pytest.fixture(scope="module")
def at_azets(opened: ExitStack, year: Year) -> list[JournalVoucher]:
    """The year in the hub's ledger."""
    return posted(year, at_the_hub(opened.enter_context(running(hub.app(requests_per_minute=1_000_000)))))


@pytest.fixture(scope="module")
def address(opened: ExitStack) -> str:
    return opened.enter_context(running(go.app(requests_per_second=1_000_000)))


@pytest.mark.parametrize("way", WAYS)
def test_both_ledgers_have_the_same_balances(
    way: str, year: Year, at_azets: list[JournalVoucher], address: str, opened: ExitStack
) -> None:
    company = Company(address, 9000 + len(way), opened, WAYS[way])
    in_go = posted(year, company.platform(UNITS))
    azets, found = balances(at_azets), balances(in_go)
    assert {what for what, _ in azets} == {"account", "vat", "project", "customer"}
    assert len(at_azets) == len(in_go) >= TAKEN
    assert {one: (azets.get(one), found.get(one)) for one in {*azets, *found} if azets.get(one) != found.get(one)} == {}
    assert sum(amount for (what, _), amount in found.items() if what == "account") == 0
    assert company.person("GET", "/trial-balance")["sum"] == "0.00"
