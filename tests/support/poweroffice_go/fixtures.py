"""Fixtures of tests of the PowerOffice Go platform: the stand-in before its judge, and companies in it."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from bilag.platforms.conformance import Kit
from bilag.posting.voucher import Voucher
from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import HeldClock, running
from tests.support import local_http
from tests.support.poweroffice_go.company import MANUAL, OUTGOING, SAMPLE, Company
from tests.support.poweroffice_go.judge import Judge
from tests.support.poweroffice_go.published import SLICE

_companies = itertools.count(1000)
_numbers = itertools.count(20001)


@pytest.fixture(scope="session")
def go_clock() -> HeldClock:
    """The time in the stand-in."""
    return HeldClock()


@pytest.fixture(scope="session")
def go_judge(go_clock: HeldClock) -> Judge:
    """The judge before the stand-in of all tests."""
    return Judge(go.app(clock=go_clock, requests_per_second=100_000))


@pytest.fixture(scope="session")
def go_address(go_judge: Judge) -> Iterator[str]:
    with running(go_judge if SLICE.exists() else go_judge.app) as url:
        yield url


@pytest.fixture
def new_company(go_address: str, go_judge: Judge) -> Iterator[Callable[..., Company]]:
    """Makes companies; at the end, everything that was asked of them and answered was as the published file says."""
    with ExitStack() as opened:
        yield lambda *ways: Company(go_address, next(_companies), opened, ways or (OUTGOING, MANUAL))
    local_http.delete(f"{go_address}/admin/faults")
    try:
        go_judge.verdict()
    finally:
        go_judge.exchanges.clear()


@pytest.fixture(params=["outgoing", "manual"])
def company(request: pytest.FixtureRequest, new_company: Callable[..., Company]) -> Company:
    """A company with the sample's customer, department and project, for each way to post."""
    made = new_company(*((OUTGOING, MANUAL) if request.param == "outgoing" else (MANUAL,)))
    made.put_master_data(made.platform())
    return made


@pytest.fixture
def outgoing(new_company: Callable[..., Company]) -> Company:
    """The same, where invoices are posted as outgoing invoice vouchers."""
    made = new_company(OUTGOING, MANUAL)
    made.put_master_data(made.platform())
    return made


@pytest.fixture
def manual(new_company: Callable[..., Company]) -> Company:
    """The same, where they are posted as manual vouchers."""
    made = new_company(MANUAL)
    made.put_master_data(made.platform())
    return made


def invoice_for(company: Company, **changes: object) -> Voucher:
    """A new invoice of the conformance kit's, with some fields as told."""
    kit = Kit(company.platform, company, SAMPLE)
    return replace(kit.invoice(), number=next(_numbers), **changes)  # type: ignore[arg-type]


def key(voucher: Voucher) -> str:
    """The external id of a voucher."""
    return f"moment-4021-invoice-{voucher.number}"
