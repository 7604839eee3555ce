"""Azets passes the kit that every platform must pass, in front of Visma Business and of PowerOffice Go."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bilag.platforms.base import AccountingPlatform, PostedPage, PostingStatus
from bilag.platforms.conformance import CASES, Kit, NotConforming
from bilag.posting.dimensions import Dimensions
from bilag_sandbox import hub
from bilag_sandbox.common import running
from tests.support.azets.conformance import EARLIER, SAMPLE
from tests.support.azets.office import Office
from tests.support.azets.samples import DAY


@pytest.fixture(scope="module")
def kits() -> Iterator[dict[str, Kit]]:
    with running(hub.app()) as address, ExitStack() as opened:
        of_poweroffice = Dimensions(project=2, department=1)
        visma = Office(address, hub.VISMA_CLIENT, opened)
        poweroffice = Office(address, hub.POWEROFFICE_CLIENT, opened, of_poweroffice)
        poweroffice.admin("PATCH", "", {"capabilities": {"attachments": True}})
        text_sample = replace(SAMPLE, dimensions=of_poweroffice, project="DRIFT-7", department="Øst")
        yield {
            "visma": Kit(visma.platform, visma, SAMPLE),
            "poweroffice": Kit(poweroffice.platform, poweroffice, text_sample),
        }


@pytest.mark.parametrize("system", ["visma", "poweroffice"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_azets_conforms(case: Callable[[Kit], None], system: str, kits: dict[str, Kit]) -> None:
    case(kits[system])


class Careless:
    """A platform that passes everything on but one thing."""

    def __init__(self, platform: AccountingPlatform, **replaced: Any) -> None:
        self._platform = platform
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._platform, name)


def careless_platforms() -> Iterator[tuple[str, Callable[[AccountingPlatform], Careless]]]:
    def renamed(platform: AccountingPlatform) -> Careless:
        """Each post gets an external id of its own: posted twice."""
        keys = iter(range(1000))
        return Careless(platform, post_voucher=lambda v, key: platform.post_voucher(v, f"{key}-{next(keys)}"))

    def forgetful(platform: AccountingPlatform) -> Careless:
        return Careless(platform, find_voucher=lambda *_, **__: PostingStatus("absent"))

    def optimist(platform: AccountingPlatform) -> Careless:
        return Careless(platform, post_voucher=lambda *_: PostingStatus("posted", journal_number=1))

    def hoarder(platform: AccountingPlatform) -> Careless:
        return Careless(platform, chart=lambda **_: platform.chart(), customer_content=lambda _: {})

    def blind(platform: AccountingPlatform) -> Careless:
        return Careless(platform, list_vouchers=lambda first, last: iter(()))

    def forgetting_reversals(platform: AccountingPlatform) -> Careless:
        def listed(report: str, **how: Any) -> Iterator[PostedPage]:
            for page in platform.list_posted_lines(report, **how):
                yield replace(page, lines=tuple(replace(line, reverses=None) for line in page.lines))

        return Careless(platform, list_posted_lines=listed)

    def one_keyed(platform: AccountingPlatform) -> Careless:
        return Careless(platform, expense_key=lambda journal, _entry: f"expense-{journal}")

    made = (renamed, forgetful, optimist, hoarder, blind, forgetting_reversals, one_keyed)
    yield from ((one.__name__, one) for one in made)


@pytest.mark.parametrize(
    ("name", "spoil"), list(careless_platforms()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_kit_sees_a_careless_platform(
    name: str, spoil: Callable[[AccountingPlatform], Careless], visma: Office
) -> None:
    kit = Kit(lambda: spoil(visma.platform()), visma, SAMPLE)
    seen = []
    for case in CASES:
        try:
            case(kit)
        except NotConforming:
            seen.append(case.__name__)
    assert seen, f"{name} passed every case"


def test_the_sample_days_are_in_different_periods() -> None:
    assert isinstance(EARLIER, date)
    assert (EARLIER.year, EARLIER.month) != (DAY.year, DAY.month)
