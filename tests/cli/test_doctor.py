"""`bilag doctor`: what an operator gets wrong is found, each with what to do; and nothing is changed by looking."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Bilag, Done
from tests.support.postgres import Postgres, postgres_in
from tests.support.service import forked
from tests.support.zygote import Zygote

pytestmark = pytest.mark.service
Findings = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres_in(tmp_path_factory.mktemp("shared"), max_connections="30") as made:
        yield made


def findings(done: Done, status: int) -> Findings:
    """The findings by name, which end with this exit status."""
    assert done.returncode == status, done.stderr + done.stdout
    said = json.loads(done.stdout)
    assert said["ok"] == (status == 0)
    for one in said["findings"]:
        assert one["state"] in ("ok", "warning", "error")
        assert one["state"] == "ok" or one["remedy"], f"{one} has no remedy"
        assert "Traceback" not in one["message"]
    return {one["name"]: one for one in said["findings"]}


def test_a_running_bilag_is_well(bilag: Bilag) -> None:
    found = findings(bilag.typed("doctor", "--json"), 0)
    assert {name for name, one in found.items() if one["state"] == "ok"} >= {
        "Environment", "Folders", "Open files", "Database", "Connections", "Clock", "Schema", "Key", "Attempts", "Worker",
    }  # fmt: skip
    assert found["Address"]["state"] == found["Email"]["state"] == "warning"
    told = bilag.typed("doctor")
    assert (told.returncode, "0 wrong, 2 warnings." in told.stderr) == (0, True)


def test_looking_makes_neither_database_nor_key(zygote: Zygote, tmp_path: Path) -> None:
    """On a new machine a database that was only looked for would be in the way of `bilag restore`."""
    home = tmp_path / "new"
    found = findings(forked(zygote, ["doctor", "--json"], {"PATH": "/usr/bin:/bin", "BILAG_HOME": str(home)}), 0)
    assert found["Database"]["state"] == "warning"
    assert "bilag restore DIR" in found["Database"]["remedy"]
    assert not home.exists()
    keys = {"PATH": "/usr/bin:/bin", "BILAG_HOME": str(home), "BILAG_SECRET_KEYS": "rubbish"}
    assert "not a Fernet key" in findings(forked(zygote, ["doctor", "--json"], keys), 1)["Environment"]["message"]


OTHER_KEY = "rWe9Kj0hTz0Xw1Hq3vQ7m0mYgq8oZ5dT5o6P1g2k3n4="
WRONG = (
    ({"BILAG_LISTEN": "8000"}, "Environment", "BILAG_LISTEN", "host:port"),
    ({"BILAG_SECRET_KEYS": "rubbish"}, "Environment", "not a Fernet key", "Create a key"),
    ({"BILAG_BASE_URL": "bilag.example"}, "Address", "no web address", "https://bilag.example"),
    ({"EMAIL_URL": "smtp://a:geheim@127.0.0.1:1"}, "Email", "Connection refused", "EMAIL_URL"),
    ({"EMAIL_URL": "smtp://a:geheim@no-such-host.invalid"}, "Email", "cannot be resolved", "EMAIL_URL"),
    ({"DATABASE_URL": "postgresql://bilag@127.0.0.1:1/bilag"}, "Database", "does not answer", "DATABASE_URL"),
    ({"BILAG_SECRET_KEYS": OTHER_KEY}, "Key", "not the key of this database", "BILAG_SECRET_KEYS"),
)  # fmt: skip


@pytest.mark.parametrize(
    "wrong", WRONG, ids=lambda wrong: " ".join(f"{name}={value}" for name, value in wrong[0].items())
)
def test_what_is_wrong_is_found_with_its_remedy(bilag: Bilag, wrong: tuple[dict[str, str], str, str, str]) -> None:
    variables, name, said, remedy = wrong
    done = bilag.typed("doctor", "--json", **variables)
    found = findings(done, 1)[name]
    assert (found["state"], said in found["message"], remedy in found["remedy"]) == ("error", True, True), found
    assert not {"geheim", OTHER_KEY} & set(done.stdout.replace("@", " ").replace(":", " ").split())


def test_files_that_others_may_read_are_found(bilag: Bilag) -> None:
    key = bilag.home / "secret.key"
    key.chmod(0o644)
    try:
        found = findings(bilag.typed("doctor", "--json"), 1)["Folders"]
    finally:
        key.chmod(0o600)
    assert (found["message"], found["remedy"]) == (
        f"Other users of this machine may read {key} (mode 0644).",
        f"Run: chmod 0600 {key}",
    )


def test_an_empty_database_and_too_few_connections_are_found_and_nothing_is_made(
    bilag: Bilag, server: Postgres, tmp_path: Path
) -> None:
    server.execute("create database new owner bilag")
    variables = {
        "DATABASE_URL": server.url("new"),
        "BILAG_HOME": str(tmp_path / "home"),
        "BILAG_DATABASE_CONNECTIONS": "46",
    }
    done = bilag.typed("doctor", "--json", **variables)
    schema = findings(done, 1)["Schema"]
    assert ("no tables" in schema["message"], schema["remedy"]) == (True, "Create them with: bilag migrate.")
    assert server.execute("select count(*) from pg_tables where schemaname = 'public'", database="new") == [(0,)]
    assert not (tmp_path / "home").exists()


def test_a_database_without_a_worker_is_found(bilag: Bilag, server: Postgres, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": server.url(), "BILAG_HOME": str(tmp_path / "home")}
    assert "No worker is alive" in findings(bilag.typed("doctor", "--json", **variables), 1)["Worker"]["message"]


def test_periodic_tasks_that_nobody_queues_are_found(bilag: Bilag, server: Postgres, tmp_path: Path) -> None:
    server.execute("insert into procrastinate_workers default values")
    for name, minutes in (("transfers.tend", 1), ("transfers.poll_all", 60), ("expenses.import_all", 1)):
        at = int((datetime.now(UTC) - timedelta(minutes=minutes)).timestamp())
        server.execute(
            "insert into procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp) values (%s, '', %s)",
            name,
            at,
        )
    variables = {"DATABASE_URL": server.url(), "BILAG_HOME": str(tmp_path / "home")}
    try:
        late = findings(bilag.typed("doctor", "--json", **variables), 1)["Periodic tasks"]
    finally:
        server.execute("delete from procrastinate_workers")
        server.execute("delete from procrastinate_periodic_defers")
    assert "The periodic task" in late["message"]
    assert "Restart the workers" in late["remedy"]


def test_a_month_without_a_partition_is_found_and_added_by_the_remedy(
    bilag: Bilag, server: Postgres, tmp_path: Path
) -> None:
    variables = {"DATABASE_URL": server.url(), "BILAG_HOME": str(tmp_path / "home")}
    ((last,),) = server.execute(
        "select max(relname) from pg_class where relname like 'transfers_attempt_2%' and relkind = 'r'"
    )
    server.execute(f"drop table {last}")
    found = findings(bilag.typed("doctor", "--json", **variables), 1)["Attempts"]
    assert (found["state"], last[-7:].replace("_", "-") in found["message"]) == ("warning", True)
    assert found["remedy"] == "Run: bilag migrate"
    assert bilag.typed("migrate", **variables).returncode == 0
    assert findings(bilag.typed("doctor", "--json", **variables), 1)["Attempts"]["state"] == "ok"


def test_a_clock_that_differs_is_found(monkeypatch: pytest.MonkeyPatch, migrated: None) -> None:
    from bilag.service import doctor
    from bilag.service.admission import direct

    real = doctor.time.time
    for hours, state in ((0.0, "ok"), (10 / 3600, "warning"), (1.0, "error")):
        monkeypatch.setattr(doctor.time, "time", lambda hours=hours: real() + 3600 * hours)
        with direct() as database:
            found = doctor._clock(database)
        assert found.state == state, found
        assert state == "ok" or "NTP" in found.remedy
