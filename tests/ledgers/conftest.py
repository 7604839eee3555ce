"""A ledger that nobody of us wrote: Tryton, as a server beside the tests."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from bilag_sandbox.common import HeldClock
from tests.support.sandboxes import Stage, new_moment
from tests.support.tryton.installing import NotInstalled
from tests.support.tryton.office import Office
from tests.support.tryton.purchases import Purchases
from tests.support.tryton.server import Ledger, Tryton, ready
from tests.support.world import Side, World, company_document


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    """Tryton, installed when it is not there yet."""
    try:
        with ready(tmp_path_factory.mktemp("tryton")) as tryton:
            yield tryton
    except NotInstalled as reason:
        pytest.skip(f"Tryton cannot be installed here: {reason}")


@pytest.fixture(scope="module")
def ledger(tryton: Tryton, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The company of `bootstrap.py`, new for each file: what one posts, no other sees."""
    try:
        with tryton.company(tmp_path_factory.mktemp("company")) as ledger:
            yield ledger
    except NotInstalled as reason:
        pytest.skip(f"Tryton cannot be started here: {reason}")


@pytest.fixture(scope="module")
def office(ledger: Ledger) -> Iterator[Office]:
    """The company, as Bilag and as its people see it."""
    with ExitStack() as opened:
        yield Office(ledger, opened)


@pytest.fixture(scope="module")
def purchases(office: Office) -> Purchases:
    """What the accountant posts there."""
    return Purchases(office)


@pytest.fixture
def world(database: None, office: Office, moment_stage: Stage) -> Iterator[World]:
    """Moment's sandbox with its sample of drafts, Tryton, and the company set live between them."""
    from bilag.companies import gateways, lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    gateways.forget_all()
    clock = HeldClock()
    moment_url = moment_stage.show(new_moment(clock))
    document = company_document(moment_url, "", {"expenses": {"import": True, "activity": "Utlegg"}})
    document["platform"] = {"kind": "tryton", "tryton": office.setup}
    applied = save_setup(parse_company_file(document, {}, Path()), origin="test")
    lifecycle.set_live(applied.company_id, date(2020, 1, 1))
    with Side(moment_url) as moment_side, Side(office.ledger.address) as ledger_side:
        yield World(moment_side, ledger_side, applied.company_id, lambda **_: None, clock)
    gateways.forget_all()
