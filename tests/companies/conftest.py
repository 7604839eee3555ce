"""`bilag company` as it is typed, on a PostgreSQL of its own; with both sandboxes where a company is checked."""

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from typer.testing import CliRunner

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running

COMPANY = f"""
[company]
slug = "fjell"
name = "Fjell Arkitekter AS"

[moment]
base_url = "http://moment.invalid"
company_id = "4021"
api_key = "{moment.API_KEY}"

[platform]
kind = "azets"

[platform.azets]
base_url = "http://hub.invalid/v1"
username = "{hub.USERNAME}"
password = "{hub.PASSWORD}"
source_client_id = "{hub.VISMA_CLIENT}"
parent_client_id = "{hub.PARENT}"

[dimensions]
project = 2
department = 1
"""
"""A company file without fault; `http://moment.invalid` and `http://hub.invalid` stand for the two systems."""


@dataclass(frozen=True)
class Typed:
    """What a command answered."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def said(self) -> list[str]:
        """The lines that are for a person."""
        return [line.strip() for line in self.stderr.splitlines()]


@dataclass
class Desk:
    """Where somebody sits who sets companies up: a folder for files, the addresses of both systems, and commands."""

    folder: Path
    moment: str
    hub: str
    variables: dict[str, str | None] = field(default_factory=dict)

    def write(self, *changes: tuple[str, str], text: str = COMPANY, name: str = "fjell.toml") -> Path:
        """A company file in which some parts are replaced by others."""
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
            text = text.replace(old, new)
        file = self.folder / name
        file.write_text(text.replace("http://moment.invalid", self.moment).replace("http://hub.invalid", self.hub))
        return file

    def type(self, *arguments: str) -> Typed:
        """Type `bilag` with these arguments, in a process that knows nothing yet."""
        from bilag.cli.main import app
        from bilag.companies import gateways

        gateways.forget_all()
        variables = {"COLUMNS": "250", **self.variables}
        answer = CliRunner().invoke(app, list(arguments), env=variables, catch_exceptions=False)
        return Typed(answer.exit_code, answer.stdout, answer.stderr)

    def apply(self, *changes: tuple[str, str]) -> Typed:
        """Apply the company file with some parts of it replaced."""
        return self.type("company", "apply", str(self.write(*changes)))

    def check(self, slug: str = "fjell") -> Typed:
        return self.type("company", "check", slug)

    def steps(self, slug: str = "fjell") -> dict[str, Any]:
        """The steps of a check by name, as `--json` tells them."""
        return {step["name"]: step for step in self.type("company", "check", slug, "--json").json["steps"]}

    def ask(self, side: str, method: str, path: str, body: Any = None) -> Any:
        """What the operator of a sandbox does or looks at."""
        url = {"moment": self.moment, "hub": self.hub}[side]
        answer = httpx2.request(method, url + path, json=body, trust_env=False, timeout=30)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None


def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def stored() -> dict[str, list[str]]:
    """All that stands in the database, row by row, by table; except the count of requests, to which each check adds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by tablename")
        tables = [name for (name,) in cursor.fetchall() if name != "companies_allowance"]
        found: dict[str, list[str]] = {}
        for table in tables:
            cursor.execute(f'select t::text from "{table}" t order by 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Commands send the log to their own stderr, which ends with them: give it back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


@pytest.fixture
def desk(database: None, quiet_logs: None, tmp_path: Path) -> Desk:
    """A desk where neither of the two systems can be reached."""
    away = nowhere()
    return Desk(tmp_path, away, away)


class Stage:
    """One running server on which a new sandbox can take the place of the last: starting and ending one takes longer."""

    def __init__(self) -> None:
        self.sandbox: ASGIApp = Starlette()
        self._empty = self.sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        served = self._empty if scope["type"] == "lifespan" else self.sandbox
        await served(scope, receive, send)


@pytest.fixture(scope="session")
def stages() -> Iterator[dict[str, tuple[Stage, str]]]:
    """A stage for each of the two systems, with its address."""
    hub_stage, moment_stage = Stage(), Stage()
    with running(hub_stage) as hub_url, running(moment_stage) as moment_url:
        yield {"hub": (hub_stage, hub_url), "moment": (moment_stage, moment_url)}


@pytest.fixture
def office(database: None, quiet_logs: None, tmp_path: Path, stages: dict[str, tuple[Stage, str]]) -> Desk:
    """A desk with both sandboxes running, as new."""
    (hub_stage, hub_url), (moment_stage, moment_url) = stages["hub"], stages["moment"]
    hub_stage.sandbox = hub.app(requests_per_minute=100_000)
    moment_stage.sandbox = moment.app(sample="drafts", last_day=date(2026, 11, 23))
    return Desk(tmp_path, moment_url, hub_url)
