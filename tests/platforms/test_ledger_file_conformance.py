"""The ledger file passes the kit that every platform must pass; beancount's own loader reads the books afterwards."""

from collections.abc import Callable
from pathlib import Path

import pytest
from beancount import loader

from bilag.platforms.conformance import VOUCHER_CASES, Kit
from tests.support.ledger_file.office import SAMPLE, Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("books"))


@pytest.fixture(scope="module")
def kit(office: Office) -> Kit:
    return Kit(office.platform, office, SAMPLE)


@pytest.mark.parametrize("case", VOUCHER_CASES, ids=lambda case: case.__name__)
def test_a_ledger_file_conforms(case: Callable[[Kit], None], kit: Kit, office: Office) -> None:
    case(kit)
    _read_by_beancount(office.ledger)


def _read_by_beancount(ledger: Path) -> None:
    _entries, errors, _options = loader.load_file(str(ledger))
    assert errors == []
