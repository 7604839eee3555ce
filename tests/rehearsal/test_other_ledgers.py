"""A rehearsal of books that are not at the hub: PowerOffice Go by both ways to post, and a ledger file."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import HeldClock, running
from bilag_sandbox.sample import lines
from tests.support.earlier_ledger import Opened, applied_company, check_rehearsal
from tests.support.ledger_file.office import Office
from tests.support.poweroffice_go.company import INSTALLATION, MANUAL, OUTGOING, Company
from tests.support.sandboxes import Stage, new_moment

companies = itertools.count(7000)


@pytest.fixture(params=["outgoing", "manual", "ledger_file"])
def destination(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[dict[str, Any], Opened]]:
    """The platform's section of the company file, and what opens its books for the earlier integration."""
    from bilag.platforms.poweroffice_go import client

    if request.param == "ledger_file":
        monkeypatch.setenv("BILAG_LEDGER_FILE_FOLDER", str(tmp_path))
        books = Office(tmp_path)
        _open_accounts(books)
        yield {"kind": "ledger_file", "ledger_file": {"folder": "fjell"}}, lambda _dimensions: books.platform()
        return
    for name, value in INSTALLATION.items():
        monkeypatch.setenv(f"BILAG_POWEROFFICE_GO_{name.upper()}", value)
    monkeypatch.setattr(client, "REQUESTS_A_SECOND", 1_000_000)
    with ExitStack() as opened:
        address = opened.enter_context(running(go.app(requests_per_second=100_000)))
        ways = (OUTGOING, MANUAL) if request.param == "outgoing" else (MANUAL,)
        company = Company(address, next(companies), opened, ways)
        yield {"kind": "poweroffice_go", "poweroffice_go": company.values}, company.platform


def test_setup_is_proposed_from_the_books_and_then_they_are_equal(
    database: None, moment_stage: Stage, destination: tuple[dict[str, Any], Opened]
) -> None:
    from bilag.companies import gateways

    gateways.forget_all()
    platform, opened = destination
    moment_url = moment_stage.show(new_moment(HeldClock(), sample="finalized"))
    check_rehearsal(applied_company(moment_url, platform), moment_url, opened)
    gateways.forget_all()


def _open_accounts(books: Office) -> None:
    """What the bookkeeper writes: the accounts on which Moment's invoices are."""
    known = set(books.platform().chart().accounts)
    wares = [one for one in vars(lines).values() if isinstance(one, lines.Ware)]
    with books.ledger.open("a", encoding="utf-8") as file:
        for account in sorted({one.account for one in wares} - known):
            file.write(f'2020-01-01 open Income:{account}\n  number: "{account}"\n  name: "Salg {account}"\n')
