"""A running hub for all tests of this folder, a client company of its own for each test, every answer held against
the published contract where that is present."""

from collections.abc import Iterator

import pytest
import yaml

from bilag_sandbox.common import HeldClock, running
from tests.support.hub.client import CONTRACT, Company, Contract, new_company
from tests.support.sandboxes import new_hub


@pytest.fixture(scope="session")
def contract() -> Contract | None:
    """The published contract, or None where it is not here: then only what the tests say is checked."""
    return Contract(yaml.safe_load(CONTRACT.read_text())) if CONTRACT.exists() else None


@pytest.fixture(scope="session")
def hub_clock() -> HeldClock:
    """The time in the hub of all tests."""
    return HeldClock()


@pytest.fixture(scope="session")
def hub_address(hub_clock: HeldClock) -> Iterator[str]:
    with running(new_hub(hub_clock)) as url:
        yield url


@pytest.fixture
def visma(hub_address: str, contract: Contract | None) -> Iterator[Company]:
    """A Visma Business company with one customer, a department 10 and a project 1207."""
    company = new_company(hub_address, contract, "VismaBusiness")
    assert company.put_customer().status_code == 201
    assert company.put_unit(1, "10").status_code == 201
    assert company.put_unit(2, "1207", customerNumber="10042").status_code == 201
    yield company
    company.http.delete("/admin/faults")
    company.http.close()


@pytest.fixture
def poweroffice(hub_address: str, contract: Contract | None) -> Iterator[Company]:
    """A PowerOffice Go company with one customer and a project."""
    company = new_company(hub_address, contract, "PowerOfficeGo")
    assert company.put_customer("10018").status_code == 201
    assert company.put_unit(2, "DRIFT-7").status_code == 201
    yield company
    company.http.close()
