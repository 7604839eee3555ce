"""Keys are changed while Bilag runs: nobody is signed out, nothing becomes unreadable, and no key is called removable that
something is still under."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.fernet import Fernet, InvalidToken
from typer.testing import CliRunner

from tests.support.bare_company import bare_company
from tests.support.patience import PATIENCE

BILAG = Path(sys.executable).with_name("bilag")


@pytest.fixture
def key_file(database: None) -> Iterator[Path]:
    """The key file of the tests' Bilag, which is put back afterwards."""
    from bilag.service.environment import environment

    path = environment.key_file
    assert path is not None
    before = path.read_text()
    yield path
    path.write_text(before)
    _follow()


def bilag(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(BILAG), *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def typed(*arguments: str) -> Result:
    """The same within this process, which has the same key file."""
    from bilag.cli.main import app

    return CliRunner().invoke(app, list(arguments))


def _follow() -> None:
    from bilag.service import keys

    keys.on_request()


def company(slug: str, number: int = 1) -> Any:
    return bare_company(
        slug,
        moment_company=str(number),
        secrets={"moment.api_key": "a-key-of-moment", "platform.azets.password": "a-password"},
    )


def many_companies(count: int) -> None:
    """Rows with a secret each, without the rest of a company."""
    from bilag.companies.models import Company
    from bilag.companies.secrets import digest_of, sealed

    Company.objects.bulk_create(
        Company(
            slug=f"c{one}",
            name=f"C{one}",
            webhook_token=sealed({"token": str(one)}),
            webhook_digest=digest_of(str(one)),
        )
        for one in range(count)
    )


def under(key: str) -> int:
    from bilag.companies.models import Company

    def opens(text: str) -> bool:
        try:
            Fernet(key).decrypt(text.encode())
        except InvalidToken:
            return False
        return True

    return sum(opens(text) for text in Company.objects.values_list("webhook_token", flat=True))


def test_a_new_key_is_taken_up_by_running_processes_and_the_old_one_is_given_up_last(key_file: Path) -> None:
    from django.test import Client

    from bilag.companies import store
    from bilag.companies.models import IntegrationSetup
    from bilag.members.models import User

    fjell = company("fjell")
    person = User.objects.create_user("kari@fjell.example", password="Fjell-og-Vann-2026", is_operator=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(person)
    [old] = key_file.read_text().split()

    done = bilag("keys", "new")  # another process
    assert done.returncode == 0, done.stderr
    new, again = key_file.read_text().split()
    assert again == old
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert new not in done.stderr + done.stdout
    assert "is first in" in done.stderr

    # This process runs on, as `bilag serve` would: it reads what is under either key, encrypts with the new one.
    vann = company("vann", 2)
    assert (under(old), under(new)) == (1, 1)
    assert browser.get("/c/fjell/").status_code == 200, "nobody is signed out"
    assert store.load_setup(fjell.pk).moment.api_key == "a-key-of-moment"
    listed = typed("keys", "list", "--json")
    assert [one["secrets"] for one in json.loads(listed.stdout)["keys"]] == [2, 2]
    assert old not in listed.stdout
    assert new not in listed.stdout

    rotated = typed("keys", "rotate")
    assert rotated.exit_code == 0, rotated.stderr
    assert re.search(r"No secret is encrypted with \w{8} now. You can remove it from", rotated.stderr)
    assert under(old) == 0

    key_file.write_text(new + "\n")
    for one in (fjell, vann):
        assert store.load_setup(one.pk).moment.api_key == "a-key-of-moment"
        assert store.webhook_url(one.__class__.objects.get(pk=one.pk))
    assert IntegrationSetup.objects.values_list("version", flat=True).distinct().get() == 1, (
        "no setup was changed by it"
    )
    alone = typed("keys", "rotate")
    assert "There is only one key" in alone.stderr
    assert "You can remove" not in alone.stderr


def test_sessions_and_links_signed_with_the_earlier_key_stay_good(key_file: Path) -> None:
    from django.contrib.auth.tokens import default_token_generator
    from django.test import Client

    from bilag.companies import resealing
    from bilag.members.models import User

    company("fjell")
    person = User.objects.create_user("kari@fjell.example", password="Fjell-og-Vann-2026", is_operator=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(person)
    person.refresh_from_db()  # a link holds until one signs in
    link = default_token_generator.make_token(person)
    assert typed("keys", "new").exit_code == 0
    assert browser.get("/c/fjell/").status_code == 200
    assert default_token_generator.check_token(person, link)
    newer = Client(SERVER_NAME="localhost")
    newer.force_login(person)
    list(resealing.reseal())
    key_file.write_text(key_file.read_text().split()[0] + "\n")
    assert newer.get("/c/fjell/").status_code == 200, "what was signed with the new key outlives the old one"
    assert browser.get("/c/fjell/").status_code == 200, "and who came meanwhile was signed in anew with it"


def test_killed_in_the_middle_it_goes_on_where_it_stood(key_file: Path) -> None:
    many_companies(2000)
    [old] = key_file.read_text().split()
    assert typed("keys", "new").exit_code == 0
    new = key_file.read_text().split()[0]
    process = subprocess.Popen([str(BILAG), "keys", "rotate"], env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "encrypted again" in process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL
    process.stderr.close()
    done_before = under(new)
    assert 0 < done_before < 2000
    assert under(old) + done_before == 2000, "each is under one key or the other, none is lost"
    rotated = typed("keys", "rotate", "--json")
    assert rotated.exit_code == 0, rotated.stderr
    told = json.loads(rotated.stdout)
    assert (told["replaced"], told["remaining"]) == (2000 - done_before, 0)
    assert under(new) == 2000


def test_no_key_is_called_removable_while_something_is_under_it(key_file: Path, monkeypatch: Any) -> None:
    """A process that was not restarted still encrypts with the old key: whatever it saves meanwhile is counted."""
    from bilag.companies import resealing
    from bilag.service import keys

    many_companies(3)
    [old] = key_file.read_text().split()
    new = Fernet.generate_key().decode()
    list(resealing.reseal())
    key_file.write_text(f"{new}\n{old}\n")
    steps = resealing.reseal()
    next(steps)
    key_file.write_text(f"{old}\n{new}\n")  # such a process
    from bilag.companies.models import Company
    from bilag.companies.secrets import sealed

    Company.objects.filter(slug="c1").update(webhook_token=sealed({"token": "late"}))
    key_file.write_text(f"{new}\n{old}\n")
    assert resealing.counts() == {0: 2, 1: 1}
    unreadable = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
    Company.objects.filter(slug="c2").update(webhook_token=unreadable)
    done = typed("keys", "rotate")
    assert done.exit_code == 1
    assert "1 secrets cannot be decrypted with these keys. Restore the missing key from your backup" in done.stderr
    assert "You can remove" not in done.stderr
    assert Company.objects.get(slug="c2").webhook_token == unreadable
    assert len(keys.ring) == 2
    assert old not in repr(keys.ring)


def test_a_value_that_is_saved_meanwhile_is_never_overwritten(key_file: Path) -> None:
    from bilag.companies import resealing
    from bilag.companies.models import Company
    from bilag.companies.secrets import opened, sealed

    many_companies(1)
    old = key_file.read_text()
    key_file.write_text(Fernet.generate_key().decode() + "\n" + old)
    rows = resealing._rows()
    monkey = list(rows)  # what was read ...
    Company.objects.update(webhook_token=sealed({"token": "saved meanwhile"}))  # ... before a person saved
    original, resealing._rows = resealing._rows, lambda: iter(monkey)
    try:
        assert list(resealing.reseal())[-1] == (1, 0)
    finally:
        resealing._rows = original
    assert opened(Company.objects.get().webhook_token) == {"token": "saved meanwhile"}


def test_keys_of_the_environment_are_printed_to_be_put_there(database: None) -> None:
    given = Fernet.generate_key().decode()
    done = bilag("keys", "new", BILAG_SECRET_KEYS=given)
    assert done.returncode == 0
    assert Fernet(done.stdout.strip())
    assert "Put it at the END of BILAG_SECRET_KEYS and restart every process" in done.stderr
    assert given not in done.stdout + done.stderr


def test_an_empty_key_file_is_told_and_no_key_is_made_in_its_place(key_file: Path) -> None:
    key_file.write_text("")
    done = bilag("keys", "list")
    assert done.returncode == 2
    assert "is empty. Restore it from a backup" in done.stderr
    assert key_file.read_text() == ""
