"""`bilag company` as it is typed, in the test's own process, beside the addresses of both systems."""

import json
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bilag_sandbox import hub, moment
from tests.support import local_http

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
        answer = local_http.request(method, url + path, json=body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None


def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def stored() -> dict[str, list[str]]:
    """All that stands in the database, row by row, by table; except the count of requests, to which each check adds, and
    the fingerprint of the key, which each command enters."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by tablename")
        tables = [name for (name,) in cursor.fetchall() if name not in ("companies_allowance", "jobs_knownkey")]
        found: dict[str, list[str]] = {}
        for table in tables:
            cursor.execute(f'select t::text from "{table}" t order by 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found
