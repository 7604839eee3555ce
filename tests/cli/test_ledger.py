"""`bilag ledger` and `bilag recover`: what they say and refuse. The changes themselves: tests/transfers/test_ledgers.py."""

import json

import pytest

from tests.support.commands import Bilag

pytestmark = [pytest.mark.service, pytest.mark.usefixtures("plain")]


@pytest.fixture(scope="module")
def number(bilag: Bilag) -> str:
    (made,) = bilag.finalise(1)
    bilag.typed("transfer", "fjell", "invoices", made, "--wait")
    return made


def test_the_ledger_is_shown_with_what_belongs_to_it(bilag: Bilag, number: str) -> None:
    short, full, document = bilag.all_typed(
        [("ledger", "fjell"), ("ledger", "show", "fjell"), ("ledger", "fjell", "--json")]
    )
    assert (short.returncode, short.stdout, short.stderr) == (0, full.stdout, full.stderr)
    assert "Ledger: azets:S2041:123" in short.stderr
    shown = json.loads(document.stdout)
    assert (shown["company"], shown["ledger"], shown["former"]) == ("fjell", "azets:S2041:123", [])
    assert shown["posted"] >= 1
    assert shown["source"].startswith("localhost:")


def test_a_change_is_shown_before_it_is_made_and_needs_a_day(bilag: Bilag, number: str) -> None:
    file = str(bilag.company_file("fjell", **{'"123"': '"777"'}))
    applied, shown, undated, document = bilag.all_typed(
        [
            ("company", "apply", file),
            ("ledger", "change", "fjell", file, "--dry-run"),
            ("ledger", "change", "fjell", file),
            ("ledger", "change", "fjell", file, "--dry-run", "--json"),
        ]
    )
    assert applied.returncode == 1
    assert "bilag ledger change fjell FILE.toml --dry-run" in applied.stderr
    assert (shown.returncode, undated.returncode) == (0, 2)
    assert "New ledger: azets:S2041:777" in shown.stderr
    assert "--invoices-from" in undated.stderr
    assert json.loads(document.stdout)["newLedger"] == "azets:S2041:777"
    assert bilag.json("ledger", "fjell")["ledger"] == "azets:S2041:123"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ledger", "nobody"), "There is no company 'nobody'"),
        (("ledger", "change", "nobody", "x.toml", "--dry-run"), "There is no company 'nobody'"),
        (("ledger", "change", "fjell", "missing.toml", "--dry-run"), "missing.toml cannot be read"),
        (("ledger", "change", "fjell", "x.toml", "--invoices-from", "yesterday"), "yesterday"),
        (("recover", "nobody"), "There is no company 'nobody'"),
        (("recover", "fjell", "--from", "2026-02-01", "--to", "2026-01-01"), "is before --from 2026-02-01"),
    ],
)
def test_wrong_words_are_refused_with_the_reason(bilag: Bilag, words: tuple[str, ...], said: str) -> None:
    done = bilag.typed(*words)
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_names_nothing_new_and_one_of_another_company_change_nothing(bilag: Bilag, number: str) -> None:
    same, other = bilag.company_file("fjell"), bilag.company_file("fremmed")
    for file, said in ((same, "already uses. Nothing was changed."), (other, "is the file of fremmed, not of fjell.")):
        done = bilag.typed("ledger", "change", "fjell", str(file), "--invoices-from", "2026-12-01")
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


def test_recovering_finds_nothing_where_everything_is_known(bilag: Bilag, number: str) -> None:
    shown, document = bilag.all_typed([("recover", "fjell", "--dry-run"), ("recover", "fjell", "--json")])
    assert (shown.returncode, document.returncode) == (0, 0)
    assert "Bilag knows every invoice that is posted from" in shown.stderr
    assert json.loads(document.stdout)["found"] == []
