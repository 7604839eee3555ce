"""The page of the accounting systems says what each carries, in both languages, and names variables to operators only."""

import html
from dataclasses import replace

import pytest

from bilag.platforms.base import Capabilities, PostingWay, Said
from bilag.platforms.registry import platform_kinds
from tests.support.people import People

VARIABLE = "BILAG_LEDGER_FILE_FOLDER"


def test_every_platform_stands_there_with_its_proof(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = PostingWay(
        Capabilities(not_carried=frozenset({"due_date"})),
        Said("Tried once.", "Prøvd én gang."),
        Said("Journals", "Journaler"),
    )
    kind = platform_kinds()["azets"]
    monkeypatch.setitem(platform_kinds(), "azets", replace(kind, ways=(*kind.ways, bare)))
    monkeypatch.delenv(VARIABLE, raising=False)
    for who, tongue in (("viewer", "en"), ("viewer", "nb")):
        shown = html.unescape(people.client(who, tongue).get("/accounting-systems/").content.decode())
        for one in platform_kinds().values():
            assert (one.label.in_language(tongue) if isinstance(one.label, Said) else one.label) in shown
            assert all(way.proof.in_language(tongue) in shown for way in one.ways)
        assert ("in Moment only" if tongue == "en" else "bare i Moment") in shown
        assert ("Journals" if tongue == "en" else "Journaler") in shown
        assert ("Not available here" if tongue == "en" else "Ikke tilgjengelig her") in shown
        assert VARIABLE not in shown
    assert VARIABLE in people.client("operator").get("/accounting-systems/").content.decode()
    assert people.client(None).get("/accounting-systems/").status_code == 302


def test_only_what_can_be_used_here_is_offered_to_a_new_company(
    people: People, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert "Ledger file" not in people.client("operator").get("/new-company/").content.decode()
    monkeypatch.setenv(VARIABLE, str(tmp_path_factory.mktemp("books")))
    assert "Ledger file" in people.client("operator").get("/new-company/").content.decode()
