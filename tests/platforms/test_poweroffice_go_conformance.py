"""PowerOffice Go passes the kit that every platform must pass, by both ways to post, before the judge of its published file."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from bilag.platforms.conformance import CASES, Kit
from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import running
from tests.support.poweroffice_go.company import MANUAL, OUTGOING, SAMPLE, Company
from tests.support.poweroffice_go.judge import Judge
from tests.support.poweroffice_go.published import SLICE

WAYS = {"outgoing": (OUTGOING, MANUAL), "manual": (MANUAL,)}


@pytest.fixture(scope="module")
def go_judge() -> Judge | None:
    app = go.app(requests_per_second=100_000)
    return Judge(app) if SLICE.exists() else None


@pytest.fixture(scope="module")
def kits(go_judge: Judge | None) -> Iterator[dict[str, Kit]]:
    with running(go_judge or go.app(requests_per_second=100_000)) as address, ExitStack() as opened:
        companies = {name: Company(address, place, opened, ways) for place, (name, ways) in enumerate(WAYS.items(), 1)}
        yield {name: Kit(one.platform, one, SAMPLE) for name, one in companies.items()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_poweroffice_go_conforms(
    case: Callable[[Kit], None], way: str, kits: dict[str, Kit], go_judge: Judge | None
) -> None:
    case(kits[way])
    if go_judge is not None:
        go_judge.verdict()
