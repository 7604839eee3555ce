"""Tryton passes the kit that every platform must pass: posted by its own REST API into a real ledger."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bilag.platforms.conformance import CASES, Kit, Sample
from tests.support.tryton.office import UNITS, Office

DAY, EARLIER = date(2026, 3, 16), date(2026, 2, 5)
SAMPLE = Sample("10042", "1207", "10", "3000", "3", Decimal("25.00"), "3999", DAY, EARLIER, UNITS)


@pytest.fixture(scope="module")
def kit(office: Office) -> Kit:
    return Kit(office.platform, office, SAMPLE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_tryton_conforms(case: Callable[[Kit], None], kit: Kit) -> None:
    case(kit)
