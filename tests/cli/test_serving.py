"""Starting what runs: `serve`, `web`, `worker`, `migrate`, the sandboxes; and environments that cannot be used."""

import contextlib
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import local_http
from tests.support.commands import BILAG, Bilag, Done
from tests.support.patience import PATIENCE
from tests.support.service import free_port, process

pytestmark = pytest.mark.service


@contextlib.contextmanager
def started(
    bilag: Bilag, *arguments: str, says: str, **variables: str
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A process of Bilag that runs, and the line in which it says so."""
    process = subprocess.Popen(
        [str(BILAG), *arguments], env=bilag.environment | variables, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        line = next((line for line in process.stderr if says in line), None)
        assert line is not None, f"{arguments} ended without saying {says!r}"
        yield process, line
    finally:
        process.kill()
        process.wait(PATIENCE)


def ends_well(process: "subprocess.Popen[str]", number: signal.Signals) -> bool:
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    return process.returncode == 0 and "Traceback" not in err


def database_of(bilag: Bilag) -> str:
    """The address of the embedded PostgreSQL, for processes that would be on other machines."""
    return f"postgresql://postgres:@/postgres?host={bilag.home / 'postgres'}"


def test_a_second_bilag_on_the_same_folder_is_refused(bilag: Bilag) -> None:
    for done in bilag.all_typed([("serve",), ("web",), ("worker",)]):
        assert (done.returncode, done.stdout) == (1, "")
        assert f"Another Bilag already uses {bilag.home}" in done.stderr
        assert "Stop it first, or give this one its own folder with BILAG_HOME." in done.stderr
        assert "Traceback" not in done.stderr
    assert local_http.get(f"http://127.0.0.1:{bilag.port}/readyz").status_code == 200


def test_web_and_worker_run_apart_on_one_database(bilag: Bilag) -> None:
    database, listen = database_of(bilag), f"127.0.0.1:{free_port()}"
    with (
        started(bilag, "web", says="Bilag serves", DATABASE_URL=database, BILAG_LISTEN=listen) as (web, line),
        started(bilag, "worker", "--concurrency", "2", says="Bilag works", DATABASE_URL=database) as (worker, _),
    ):
        assert f"http://{listen}" in line
        assert local_http.get(f"http://{listen}/readyz").status_code == 200
        assert ends_well(worker, signal.SIGTERM)
        assert ends_well(web, signal.SIGINT)


def test_an_address_that_is_taken_is_named(bilag: Bilag) -> None:
    done = bilag.typed("web", DATABASE_URL=database_of(bilag))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"The address 127.0.0.1:{bilag.port} is used by another program" in done.stderr
    assert "BILAG_LISTEN" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["moment", "azets", "poweroffice-go"])
def test_a_sandbox_tells_its_address_and_a_taken_port_is_named(bilag: Bilag, kind: str, tmp_path: Path) -> None:
    with started(bilag, "sandbox", kind, "--port", "0", "--data", str(tmp_path), says="answers on") as (process, line):
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found
        assert local_http.get(f"{found[0]}/admin/state").status_code == 200
        port, folder = bilag.all_typed(
            [("sandbox", kind, "--port", found[1]), ("sandbox", kind, "--port", "0", "--data", str(tmp_path))]
        )
        assert (port.returncode, folder.returncode) == (2, 2)
        assert f"port {found[1]}" in port.stderr
        assert "choose another port" in port.stderr
        assert str(tmp_path) in folder.stderr
        assert "Traceback" not in port.stderr + folder.stderr
        assert ends_well(process, signal.SIGINT)


def test_the_database_is_brought_up_to_date(bilag: Bilag) -> None:
    done = bilag.typed("migrate")
    assert (done.returncode, done.stdout) == (0, "")
    assert "The database is up to date." in done.stderr


WRONG = (
    ("BILAG_LISTEN", "127.0.0.1:-1", "BILAG_LISTEN is '127.0.0.1:-1'. Give host:port, such as 127.0.0.1:8000"),
    ("BILAG_LISTEN", "8000", "BILAG_LISTEN is '8000'. Give host:port"),
    ("BILAG_TIME_SCALE", "-1", "BILAG_TIME_SCALE is '-1'. Give a number above 0"),
    ("BILAG_LOG", "xml", "BILAG_LOG is 'xml'. Give text or json"),
    ("BILAG_SECRET_KEYS", "rubbish", "Key 1 of BILAG_SECRET_KEYS is not a Fernet key"),
    ("BILAG_ALLOW_INSIDE", "10.0.0.0/99", "BILAG_ALLOW_INSIDE is '10.0.0.0/99'. Give addresses or networks, such as"),
    ("BILAG_HOME", "/proc/bilag", "Cannot create the data folder /proc/bilag"),
    ("DATABASE_URL", "rubbish", "DATABASE_URL is not an address of a database. Give postgresql://"),
)


@pytest.fixture(scope="module")
def refused(bilag: Bilag) -> dict[tuple[str, str, str], Done]:
    """What a command answers in each environment that cannot be used."""
    answers = bilag.all_typed([("company", "list") for _ in WRONG], [{name: value} for name, value, _ in WRONG])
    return dict(zip(WRONG, answers, strict=True))


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_an_environment_that_cannot_be_used_is_told(
    wrong: tuple[str, str, str], refused: dict[tuple[str, str, str], Done]
) -> None:
    done = refused[wrong]
    assert (done.returncode, done.stdout) == (2, "")
    assert wrong[2] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_limit_of_open_files_that_is_too_low_is_told(bilag: Bilag) -> None:
    for command in ("web", "worker", "serve"):
        own = bilag.environment | {"BILAG_HOME": str(bilag.folder / "few_files")}
        done = process(["sh", "-c", f"ulimit -n 100 && exec {BILAG} {command}"], own)
        assert (done.returncode, done.stdout) == (2, "")
        assert "This process may open 100 files" in done.stderr
        assert "LimitNOFILE=1024" in done.stderr
    assert not (bilag.folder / "few_files" / "postgres").exists()


def test_a_database_that_is_away_is_named_with_exit_status_3(no_database: "subprocess.Popen[str]") -> None:
    out, err = no_database.communicate(timeout=PATIENCE)
    assert (no_database.returncode, out) == (3, "")
    assert "The database does not answer" in err
    assert "check the address in DATABASE_URL" in err
    assert "Traceback" not in err
    assert "geheim" not in err
