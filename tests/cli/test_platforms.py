"""`bilag platforms`: every platform with what it carries and how that was proved, from what it declares itself."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bilag.platforms.base import Capabilities, PostingWay, Said
from bilag.platforms.registry import platform_kinds
from bilag.posting.posted import CARRIED


def typed(*arguments: str) -> str:
    from bilag.cli.main import app

    done = CliRunner().invoke(app, ["platforms", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_platform_is_listed_with_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BILAG_LEDGER_FILE_FOLDER", raising=False)
    listed = {one["name"]: one for one in json.loads(typed("--json"))}
    assert listed.keys() == platform_kinds().keys()
    for name, kind in platform_kinds().items():
        assert listed[name]["label"] == kind.label
        assert len(listed[name]["ways"]) == len(kind.ways) > 0
        for shown, way in zip(listed[name]["ways"], kind.ways, strict=True):
            assert {*shown["carries"], *shown["notCarried"]} == set(CARRIED)
            assert set(shown["notCarried"]) == way.capabilities.not_carried
            assert (shown["proof"], bool(way.proof.nb)) == (str(way.proof), True)
    assert listed["ledger_file"]["missingVariables"] == ["BILAG_LEDGER_FILE_FOLDER"]
    assert not listed["ledger_file"]["usable"]
    assert listed["azets"]["usable"]


def test_what_is_not_carried_is_named_and_fits_eighty_columns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("BILAG_LEDGER_FILE_FOLDER", str(tmp_path))
    bare = PostingWay(
        Capabilities(not_carried=frozenset({"due_date", "payment_id", "number"})),
        Said("It was tried once.", "Den er prøvd én gang."),
        Said("journals", "journaler"),
    )
    kind = platform_kinds()["azets"]
    monkeypatch.setitem(platform_kinds(), "azets", replace(kind, ways=(*kind.ways, bare)))
    shown = typed()
    assert max(map(len, shown.splitlines())) <= 80
    assert "Azets: journals" in shown
    assert "Moment only: the voucher number, the due date, the payment id (KID)" in " ".join(shown.split())
    assert "Proof: It was tried once." in shown
