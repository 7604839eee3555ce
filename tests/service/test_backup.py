"""The drill: Bilag is backed up while it works, its machine is lost, and it is restored on another one. Nothing is posted twice."""

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.homes import stop_postgres
from tests.support.patience import wait_for
from tests.support.service import Service, open_to_the_database, service_in
from tests.support.zygote import Zygote

pytestmark = pytest.mark.service


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Without a zygote: a restored data folder has other keys and another server than the one before."""
    with service_in(tmp_path_factory.mktemp("backup")) as made:
        yield made


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.iterdir())}


def posted(service: Service) -> list[tuple[str, int]]:
    ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
    return sorted((one["type"], one["voucherNumber"]) for one in ledger if one["externalId"])


def finalise(service: Service, count: int) -> set[str]:
    made = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": count})["invoices"]
    return {str(one["invoiceNumber"]) for one in made}


def done(service: Service) -> set[str]:
    rows: list[dict[str, Any]] = service.json("transfers", "fjell", "--kind", "invoice", "--state", "done")
    return {row["number"] for row in rows}


def test_drill(service: Service) -> None:
    home, folder = service.home, service.home.parent / "backups" / "monday"
    service.start()
    service.apply('[notify]\nemails = ["a@b.example"]\n')
    kept = finalise(service, 2)
    service.run("poll", "fjell")
    wait_for(lambda: kept <= done(service), "the first invoices are posted")

    said = json.loads(service.run("backup", str(folder), "--json").stdout)
    assert (said["folder"], len(said["keys"])) == (str(folder), 1)
    assert modes(folder) == {0o700, 0o600}
    assert sorted(one.name for one in folder.iterdir()) == ["backup.json", "database.dump", "secret.key"]
    assert list(folder.parent.iterdir()) == [folder], "nothing half-made is left"

    lost = finalise(service, 3)
    service.run("poll", "fjell")
    wait_for(lambda: lost <= done(service), "invoices are posted after the backup was made")
    ledger = posted(service)

    service.kill()
    stop_postgres(home / "postgres")
    shutil.rmtree(home)  # the disk is lost, with the key
    restored = service.run("restore", str(folder))
    assert "bilag recover SLUG" in restored.stderr
    assert modes(home) >= {0o600}
    open_to_the_database(home)
    service.start()
    assert kept <= done(service)
    ahead = wait_for(lambda: service.status()["ledgerAhead"], "Bilag to notice by itself that accounting knows more")
    assert ahead["code"] == "ledger_ahead"
    assert not lost & done(service)
    assert posted(service) == ledger, "nothing is posted before a person has taken it in"
    found = json.loads(service.run("recover", "fjell", "--json").stdout)
    assert {str(one["number"]) for one in found["found"]} == lost
    wait_for(lambda: kept | lost <= done(service), "all that was posted is known again")
    assert posted(service) == ledger, "nothing is posted twice"
    assert service.stop() == 0

    # Refusals, on the same data folder.
    again = service.run("restore", str(folder), check=False)
    assert (again.returncode, "has a database" in again.stderr) == (2, True)
    twice = service.run("backup", str(folder), check=False)
    assert (twice.returncode, "never overwritten" in twice.stderr) == (2, True)
    shutil.move(home / "postgres", home / "moved")
    other = home / "secret.key"
    key = other.read_text()
    other.write_text("rWe9Kj0hTz0Xw1Hq3vQ7m0mYgq8oZ5dT5o6P1g2k3n4=\n")
    wrong = service.run("restore", str(folder), check=False)
    assert (wrong.returncode, "is not the key of this backup" in wrong.stderr) == (2, True)
    other.write_text(key)
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-100])
    damaged = service.run("restore", str(folder), check=False)
    assert (damaged.returncode, "damaged" in damaged.stderr) == (2, True)
    assert not (home / "postgres").exists()
    shutil.move(home / "moved", home / "postgres")


def test_a_shared_database_is_backed_up_by_its_own_means(zygote: Zygote, tmp_path: Path) -> None:
    from tests.support.service import forked

    environment = {"PATH": "/usr/bin:/bin", "BILAG_HOME": str(tmp_path), "DATABASE_URL": "postgresql://b@127.0.0.1:1/b"}
    refused = forked(zygote, ["restore", str(tmp_path)], environment)
    assert (refused.returncode, "for the embedded database" in refused.stderr) == (2, True)
    assert "docs/operating.md" in refused.stderr


def test_a_folder_that_is_no_backup_is_named(zygote: Zygote, tmp_path: Path) -> None:
    from tests.support.service import forked

    environment = {"PATH": "/usr/bin:/bin", "BILAG_HOME": str(tmp_path / "home")}
    for content in (None, "{}", "[1]", "rubbish"):
        if content is not None:
            (tmp_path / "backup.json").write_text(content)
        done = forked(zygote, ["restore", str(tmp_path)], environment)
        assert (done.returncode, "is no backup that bilag backup made" in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr
