"""`bilag status`: one line for each company, and an exit status that says whether anything needs attention."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django
import pytest
from typer.testing import CliRunner

from tests.support.transfers import store_transfer
from tests.support.world import World

django.setup()
Run = Callable[..., Any]


@pytest.fixture
def run(world: World) -> Run:
    """Run `bilag status`, while a worker gives signs of life."""
    from django.db import connection

    from bilag.cli.main import app

    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")
    return lambda *arguments: CliRunner().invoke(app, ["status", *arguments], env={"COLUMNS": "200"})


def other(slug: str = "quiet", **fields: Any) -> Any:
    from bilag.companies.models import Company

    return Company.objects.create(slug=slug, name="Øst AS", webhook_token="-", webhook_digest=slug, **fields)


def test_all_is_well(run: Run) -> None:
    other()
    done = run()
    assert done.exit_code == 0, done.output
    (one,) = (line for line in done.stdout.splitlines() if line.startswith("quiet"))
    assert "not yet switched on" in one
    assert any(line.startswith("fjell") and "switched on" in line for line in done.stdout.splitlines())
    assert run("fjell").exit_code == 0
    document = json.loads(run("--json").stdout)
    assert document["workerAlive"] is True
    assert {one["company"]: (one["state"], one["needsAttention"]) for one in document["companies"]} == {
        "fjell": ("live", False), "quiet": ("new", False),
    }  # fmt: skip


def test_what_needs_attention_is_first_and_sets_the_exit_status(run: Run, world: World) -> None:
    other("aaa")
    store_transfer(world.company_id, kind="invoice", number="1", state="needs_attention", hinted_at=datetime.now(UTC))
    done = run()
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[1].startswith("fjell")
    assert "1 transfer" in lines[1]
    assert "1 of 2 companies needs attention." in done.stderr
    assert run("fjell").exit_code == run("fjell", "--json").exit_code == 1
    assert run("aaa2").exit_code == 2
    document = json.loads(run("--json").stdout)["companies"][0]
    assert (document["company"], document["transfers"], document["expenses"]) == ("fjell", 1, 0)
    assert document["oldestWaitingAt"].endswith("Z")


def test_a_ledger_that_is_ahead_needs_attention(run: Run, world: World) -> None:
    from bilag.companies.models import Ledger

    ahead = {"since": datetime.now(UTC).isoformat(), "how": "night", "count": 1, "documents": ["invoice 9001"]}
    Ledger.objects.filter(company_id=world.company_id).update(ahead=ahead)
    for arguments in (["fjell"], ["fjell", "--json"], [], ["--json"]):
        assert run(*arguments).exit_code == 1, arguments
    assert "accounting knows more" in run().stdout


def test_a_paused_company_needs_attention(run: Run, world: World) -> None:
    from bilag.companies import lifecycle
    from bilag.posting.problem import Problem

    lifecycle.pause(world.company_id, Problem("moment_company_unknown", "company"))
    done = run()
    assert done.exit_code == 1
    assert "paused" in done.stdout
    assert json.loads(run("--json").stdout)["companies"][0]["paused"]["code"] == "moment_company_unknown"


def test_a_company_that_nobody_works_for_needs_attention(run: Run) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_workers")
    for arguments in (["fjell"], ["fjell", "--json"], [], ["--json"]):
        assert run(*arguments).exit_code == 1, arguments
    assert "No worker is running" in run().stderr


def test_without_companies_it_says_how_to_begin(migrated: None, database: None) -> None:
    from bilag.cli.main import app

    done = CliRunner().invoke(app, ["status"])
    assert done.exit_code == 0
    assert "bilag company apply FILE.toml" in done.stderr
