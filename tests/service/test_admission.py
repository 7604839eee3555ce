"""A process that does not fit its database is refused in one sentence, before it changes anything."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.postgres import PASSWORD, Postgres
from tests.support.service import forked
from tests.support.zygote import Zygote

pytestmark = pytest.mark.service
Done = subprocess.CompletedProcess[str]
Bilag = Callable[..., Done]
ANY = (("company", "list"), ("worker",), ("web",), ("user", "list"))
TABLES = "select count(*) from pg_tables where schemaname = 'public'"


@pytest.fixture
def machine(server: Postgres, shared_database: str, zygote: Zygote, tmp_path: Path) -> Bilag:
    """Types a command on a machine, named by its data folder."""

    def typed(*arguments: str, home: str = "first", **variables: str) -> Done:
        environment = {
            "PATH": "/usr/bin:/bin",
            "BILAG_HOME": str(tmp_path / home),
            "BILAG_LISTEN": "127.0.0.1:0",
            "DATABASE_URL": server.url(shared_database),
            **variables,
        }
        return forked(zygote, arguments, environment)

    return typed


SPLIT = ("s3cr@tpw", "s3cr/tpw", "@tpw", "tp/w@x")


@pytest.mark.parametrize("password", SPLIT)
def test_a_password_that_is_not_encoded_stands_in_no_message(zygote: Zygote, tmp_path: Path, password: str) -> None:
    """libpq ends it at its first @ or /, and takes the rest for the name of the host or of the port."""
    given = {
        "PATH": "/usr/bin:/bin",
        "BILAG_HOME": str(tmp_path),
        "DATABASE_URL": f"postgresql://bilag:{password}@127.0.0.1:1/bilag",
    }
    assert is_refused(forked(zygote, ["company", "list"], given), "must be written encoded: @ as %40")
    told = [forked(zygote, command, given) for command in (["company", "list"], ["doctor"], ["doctor", "--json"])]
    assert not any(part in one.stdout + one.stderr for one in told for part in ("s3cr", "tpw", "tp/"))


def is_refused(done: Done, *words: str) -> bool:
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert [word for word in words if word not in done.stderr] == [], done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return True


@pytest.mark.parametrize("command", ANY, ids=" ".join)
def test_no_command_but_migrate_makes_tables_in_a_shared_database(
    server: Postgres, machine: Bilag, command: tuple[str, ...]
) -> None:
    server.execute("create database new owner bilag")
    try:
        new = {"DATABASE_URL": server.url("new")}
        assert is_refused(machine(*command, **new), "has no tables of Bilag", "bilag migrate")
        assert server.execute(TABLES, database="new") == [(0,)]
    finally:
        server.execute("drop database new with (force)")


def test_migrate_makes_tables_and_the_first_key_and_says_so(server: Postgres, machine: Bilag, tmp_path: Path) -> None:
    server.execute("create database new owner bilag")
    try:
        new = {"DATABASE_URL": server.url("new")}
        done = machine("migrate", **new)
        key = tmp_path / "first" / "secret.key"
        assert done.returncode == 0, done.stderr
        assert f"Created the key {key}. Copy it to every machine" in done.stderr
        assert key.stat().st_mode & 0o777 == 0o600
        assert machine("company", "list", **new).returncode == 0
        again = machine("migrate", **new)
        assert (again.returncode, "Created" in again.stderr) == (0, False)
        assert is_refused(machine("worker", home="second", **new), "There is no key on this machine", "secret.key")
        assert not (tmp_path / "second").exists()
    finally:
        server.execute("drop database new with (force)")


def test_a_database_one_migration_behind_is_refused_and_migrate_mends_it(
    server: Postgres, shared_database: str, machine: Bilag
) -> None:
    newest = "0003_known_server"
    server.execute("drop table jobs_knownserver", database=shared_database)
    server.execute(f"delete from django_migrations where (app, name) = ('jobs', '{newest}')", database=shared_database)
    for command in ANY:
        assert is_refused(machine(*command), "older than this version", f"jobs.{newest}", "bilag migrate")
    assert machine("migrate").returncode == 0
    assert machine("company", "list").returncode == 0


def test_migrate_with_another_key_changes_nothing(server: Postgres, shared_database: str, machine: Bilag) -> None:
    """It may be the database of another Bilag, at another version."""
    assert machine("company", "list").returncode == 0
    server.execute("drop table jobs_knownserver", database=shared_database)
    server.execute(
        "delete from django_migrations where (app, name) = ('jobs', '0003_known_server')", database=shared_database
    )
    before = server.execute("select count(*) from django_migrations", database=shared_database)
    assert is_refused(
        machine("migrate", BILAG_SECRET_KEYS=Fernet.generate_key().decode()), "is not the key of this database"
    )
    assert is_refused(machine("migrate", home="second"), "There is no key on this machine")
    assert server.execute("select count(*) from django_migrations", database=shared_database) == before
    assert machine("migrate").returncode == 0


@pytest.mark.parametrize("command", [*ANY, ("migrate",)], ids=" ".join)
def test_a_database_of_a_newer_version_is_refused(
    server: Postgres, shared_database: str, machine: Bilag, command: tuple[str, ...]
) -> None:
    server.execute(
        "insert into django_migrations (app, name, applied) values ('transfers', '0099_next_year', now())",
        database=shared_database,
    )
    assert is_refused(machine(*command), "A newer version of Bilag", "transfers.0099_next_year", "Run that version")


def test_a_table_of_another_program_is_no_newer_version(server: Postgres, shared_database: str, machine: Bilag) -> None:
    server.execute(
        "insert into django_migrations (app, name, applied) values ('foreign_app', '0001_initial', now())",
        database=shared_database,
    )
    assert machine("company", "list").returncode == 0


def test_a_second_machine_needs_the_key_of_the_first(machine: Bilag) -> None:
    ours, foreign = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    assert machine("company", "list", BILAG_SECRET_KEYS=ours).returncode == 0
    for command in ANY:
        refused = machine(*command, home="second", BILAG_SECRET_KEYS=foreign)
        assert is_refused(refused, "is not the key of this database", "BILAG_SECRET_KEYS", "bilag keys list")
        assert not {ours, foreign} & set(refused.stderr.split())
    assert machine("company", "list", home="second", BILAG_SECRET_KEYS=ours).returncode == 0


def test_a_key_is_changed_and_the_earlier_one_can_go(machine: Bilag) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    assert machine("company", "list", BILAG_SECRET_KEYS=old).returncode == 0
    for keys in (f"{old},{new}", f"{new},{old}"):
        assert machine("company", "list", BILAG_SECRET_KEYS=keys).returncode == 0
    # Secrets may be encrypted with either now.
    assert is_refused(machine("company", "list", BILAG_SECRET_KEYS=old), "is not the key of this database")
    assert is_refused(machine("company", "list", BILAG_SECRET_KEYS=new), "is not the key of this database")
    assert machine("keys", "rotate", BILAG_SECRET_KEYS=f"{new},{old}").returncode == 0
    assert machine("company", "list", BILAG_SECRET_KEYS=new).returncode == 0
    assert is_refused(machine("company", "list", BILAG_SECRET_KEYS=old), "is not the key of this database")


def test_the_first_key_must_open_the_secrets_that_are_there(
    server: Postgres, shared_database: str, machine: Bilag, tmp_path: Path
) -> None:
    file = tmp_path / "fjell.toml"
    file.write_text(
        '[company]\nslug = "fjell"\nname = "Fjell AS"\n[moment]\nbase_url = "http://127.0.0.1:1"\ncompany_id = "1"\n'
        'api_key = "example-moment-key"\n[platform]\nkind = "azets"\n[platform.azets]\nbase_url = "http://127.0.0.1:1/v1"\n'
        'username = "u"\npassword = "example-password"\nsource_client_id = "1"\nparent_client_id = "S1"\n'
    )
    applied = machine("company", "apply", str(file))
    assert server.execute("select count(*) from companies_company", database=shared_database) == [(1,)], applied.stderr
    server.execute("delete from jobs_knownkey", database=shared_database)  # as before Bilag recorded keys
    assert is_refused(machine("worker", BILAG_SECRET_KEYS=Fernet.generate_key().decode()), "decrypts the secrets")
    assert server.execute("select count(*) from jobs_knownkey", database=shared_database) == [(0,)]
    assert machine("company", "list").returncode == 0
    server.execute("delete from jobs_knownkey", database=shared_database)
    lost = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
    server.execute(f"update companies_company set webhook_token = '{lost}'", database=shared_database)
    assert machine("company", "list").returncode == 0, (
        "one secret whose key is lost does not keep Bilag from its others"
    )


AWAY = (
    ({"user": "nobody_here"}, ("refuses the password of the user nobody_here",)),
    ({"password": "wrong"}, ("refuses the password of the user bilag", "DATABASE_URL")),
    ({"database": "no_such"}, ("There is no database no_such", "DATABASE_URL")),
    ({"port": 1}, ("The database does not answer", "refused", "DATABASE_URL")),
)


@pytest.mark.parametrize(("wrong", "words"), AWAY, ids=["user", "password", "database", "port"])
def test_a_wrong_address_is_named(
    server: Postgres, machine: Bilag, wrong: dict[str, str], words: tuple[str, ...]
) -> None:
    done = machine("worker", DATABASE_URL=server.url(**wrong))
    assert (done.returncode, done.stdout) == (3, "")
    assert [word for word in words if word not in done.stderr] == [], done.stderr
    assert PASSWORD not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_nobody_knows_is_named(machine: Bilag) -> None:
    done = machine("company", "list", DATABASE_URL="postgresql://bilag@no-such-host.invalid/bilag")
    assert (done.returncode, "no-such-host.invalid" in done.stderr) == (3, True)


def test_a_database_without_a_free_connection_is_named(server: Postgres, machine: Bilag, shared_database: str) -> None:
    server.execute("alter role bilag connection limit 0")
    try:
        done = machine("company", "list")
    finally:
        server.execute("alter role bilag connection limit -1")
    assert (done.returncode, "no free connection" in done.stderr) == (3, True), done.stderr
    assert "BILAG_DATABASE_CONNECTIONS" in done.stderr
