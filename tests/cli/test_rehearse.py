"""`bilag rehearse` as it is typed."""

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Bilag
from tests.support.earlier_books import finalised_at

HABITS = {"departmentUnit": 3, "roundingAccount": "7745", "numberOffset": 100_000}


@pytest.fixture(scope="module")
def period(bilag: Bilag) -> list[str]:
    """Forty invoices that another integration posted; the options that name their period."""
    bilag.finalise(40)
    invoices = finalised_at(bilag.moment)
    body = {"invoices": invoices, "habits": HABITS, "mistakes": {"missing": 1}, "seed": 2}
    bilag.ask("hub", "POST", "/admin/clients/123/history", body)
    days = [one["issueDate"] for one in invoices]
    return ["--from", min(days), "--to", max(days)]


def rehearsed(bilag: Bilag, *arguments: str, status: int = 1) -> dict[str, Any]:
    done = bilag.typed("rehearse", "fjell", *arguments, "--json")
    assert done.returncode == status, done.stderr
    return dict(json.loads(done.stdout))


def test_a_period_is_rehearsed_written_and_its_proposals_accepted(
    bilag: Bilag, period: list[str], tmp_path: Path
) -> None:
    sheet, proposed = tmp_path / "all.csv", tmp_path / "setup.toml"
    files = ("--csv", str(sheet), "--xlsx", str(tmp_path / "all.xlsx"), "--propose", str(proposed))
    document = rehearsed(bilag, *period, *files)
    assert document["counts"]["missing"] == 1
    assert document["headline"].startswith(f"Of {document['counts']['invoices']} invoices ")
    names = {one["name"] for one in document["proposals"] if one["standing"] == "proposed"}
    assert "dimensions.department" in names
    settings = tomllib.loads(proposed.read_text())
    assert settings["dimensions"] == {"department": 3}
    rows = list(csv.reader(sheet.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == document["counts"]["invoices"] + 1
    assert (tmp_path / "all.xlsx").read_bytes()[:2] == b"PK"

    table = bilag.typed("rehearse", "fjell", *period)
    assert table.returncode == 1
    assert "The department is in unit 3, not in unit 1." in table.stdout
    assert "--accept-all" in table.stderr

    refused = bilag.typed("rehearse", "fjell", *period, "--accept", "texts.voucher")
    assert refused.returncode == 2
    assert "Not proposed: texts.voucher. Proposed: dimensions.department" in refused.stderr

    accepted = rehearsed(bilag, *period, "--accept", "dimensions.department")
    assert "dimensions.department" not in {
        one["name"] for one in accepted["proposals"] if one["standing"] == "proposed"
    }
    assert bilag.json("company", "show", "fjell")["setup"]["dimensions"]["department"] == 3
    last = rehearsed(bilag, *period, "--accept-all")
    assert {one["result"] for one in last["invoices"]} == {"missing"}
    assert [one for one in last["proposals"] if one["standing"] == "proposed"] == []


def test_what_cannot_be_rehearsed_is_refused_in_words(bilag: Bilag) -> None:
    days = ("--from", "2026-10-01", "--to", "2026-10-31")
    for arguments, words in (
        (("--from", "2026-10-02", "--to", "2026-10-01"), "--to 2026-10-01 is before --from 2026-10-02"),
        (("--from", "0001-01-01", "--to", "0002-01-01"), "give a period between 1900 and 2999"),
        (("--from", "9999-01-01", "--to", "9999-12-31"), "give a period between 1900 and 2999"),
        (("--from", "yesterday", "--to", "2026-10-01"), "'yesterday' is not a date"),
        ((*days, "--propose", "/no/such/folder/x.toml"), "the folder /no/such/folder does not exist"),
        ((*days, "--accept", "accrual", "--accept-all"), "give either --accept or --accept-all"),
    ):
        done = bilag.typed("rehearse", "fjell", *arguments)
        assert done.returncode == 2, arguments
        assert words in " ".join(done.stderr.split()), arguments
