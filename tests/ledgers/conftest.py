"""A ledger that nobody of us wrote: Tryton, as a server beside the tests."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ledgers.installing import NotInstalled
from tests.ledgers.office import Office
from tests.ledgers.server import Ledger, running_ledger


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Tryton with the company of `bootstrap.py`; installed and set up when it is not there yet."""
    folder: Path = tmp_path_factory.mktemp("tryton")
    try:
        with running_ledger(folder) as ledger:
            yield ledger
    except NotInstalled as reason:
        pytest.skip(f"Tryton cannot be installed here: {reason}")


@pytest.fixture(scope="module")
def office(ledger: Ledger) -> Iterator[Office]:
    """The company, as Bilag and as its people see it."""
    with ExitStack() as opened:
        yield Office(ledger, opened)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first run installs Tryton and fills its template: whichever test comes first waits for that."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(480))
