"""E-mails that are kept as files have links that sign people in: nobody but their owner reads them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def lax() -> Iterator[None]:
    """A process that lets everybody read what it makes, as by default."""
    earlier = os.umask(0o022)
    yield
    os.umask(earlier)


def modes(folder: Path) -> set[int]:
    return {folder.stat().st_mode & 0o777} | {one.stat().st_mode & 0o777 for one in folder.iterdir()}


def send(folder: Path) -> None:
    from django.core.mail import EmailMessage, get_connection

    backend = get_connection("bilag.service.mail_files.EmailBackend", file_path=str(folder))
    assert backend.send_messages([EmailMessage("Invitation", "secret", to=["kari@fjell.example"])]) == 1


def test_folder_and_files_are_their_owners(migrated: None, lax: None, tmp_path: Path) -> None:
    folder = tmp_path / "several" / "mail"
    send(folder)
    send(folder)
    assert modes(folder) == {0o700, 0o600}
    assert all(b"Invitation" in one.read_bytes() for one in folder.iterdir())


def test_a_folder_of_the_operators_keeps_its_mode(migrated: None, lax: None, tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    send(tmp_path)
    assert modes(tmp_path) == {0o750, 0o600}


def test_the_default_folder_of_an_earlier_version_is_closed(
    migrated: None, lax: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "BILAG_HOME", tmp_path)
    (tmp_path / "mail").mkdir()
    send(tmp_path / "mail")
    assert modes(tmp_path / "mail") == {0o700, 0o600}


def test_it_is_what_bilag_sends_with_without_a_mail_server() -> None:
    from bilag.service.environment import Environment

    for variables in ({}, {"EMAIL_URL": "file:///somewhere"}):
        assert Environment(variables).email["EMAIL_BACKEND"] == "bilag.service.mail_files.EmailBackend"
