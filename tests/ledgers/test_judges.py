"""The same invoices in two ledgers, of which we wrote neither rule nor sum: they agree, and beancount recomputes both.

`make judge` posts the whole sample year; a run of all tests takes a part that is spread over it.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal

import pytest

from bilag.exports.beancount import account_name, book
from bilag.exports.entries import JournalVoucher, balances
from bilag.moment.client import MomentClient
from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support.exports import loaded, sums
from tests.support.sample_year import TAKEN, UNITS, Year, at_the_hub, posted
from tests.support.tryton.office import Office
from tests.support.world import LAST_DAY


@pytest.fixture(scope="module")
def ledgers(office: Office) -> Iterator[dict[str, list[JournalVoucher]]]:
    """The year in both."""
    with ExitStack() as opened:
        address = opened.enter_context(running(moment.app(sample="finalized", last_day=LAST_DAY)))
        client = MomentClient(address, moment.COMPANY_ID, moment.API_KEY)
        opened.callback(client.close)
        year = Year(client)
        azets = at_the_hub(opened.enter_context(running(hub.app(requests_per_minute=1_000_000))))
        yield {"azets": posted(year, azets), "tryton": posted(year, office.platform(UNITS))}


def test_both_ledgers_have_the_same_balances(ledgers: dict[str, list[JournalVoucher]]) -> None:
    azets, tryton = (balances(ledgers[name]) for name in ("azets", "tryton"))
    kinds = {what for what, _ in azets}
    assert kinds == {"account", "vat", "project", "customer"}
    assert len(ledgers["azets"]) == len(ledgers["tryton"]) >= TAKEN
    differing = {
        one: (azets.get(one), tryton.get(one)) for one in {*azets, *tryton} if azets.get(one) != tryton.get(one)
    }
    assert differing == {}
    assert sum(amount for (what, _), amount in azets.items() if what == "account") == 0


@pytest.mark.parametrize("name", ["azets", "tryton"])
def test_beancount_recomputes_the_balances(name: str, ledgers: dict[str, list[JournalVoucher]]) -> None:
    vouchers = ledgers[name]
    expected: dict[str, Decimal] = {}
    for (what, number), amount in balances(vouchers).items():
        if what == "account":
            expected[account_name(number)] = expected.get(account_name(number), Decimal(0)) + amount
    assert sums(loaded(book(vouchers, "NOK"))) == {one: amount for one, amount in expected.items() if amount}
