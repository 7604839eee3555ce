"""What is typed wrongly, everywhere: a sentence, an exit status of 1 or 2, and no word of Python or of a library."""

import re
from pathlib import Path

import pytest

from tests.support.world import World
from tests.wording.test_rendered_tables import Run, run, wrong_in

__all__ = ["run"]

WRONG = """
accruals list fjell --month 2026-13
accruals post fjell --month 2026-10 {tmp}
accruals post fjell --month 2026-10 {tmp}/bad.csv
accruals post fjell --month 2026-10 {tmp}/binary
accruals post fjell --month 2026-10 nowhere.csv
accruals post fjell --month october nowhere.csv
audit fjell --from 2026-01-01 --to 2026-02-01 --out /nowhere/x
audit fjell --from 2026-01-01 --to 2026-02-01 --out {tmp}
audit fjell --from 2026-02-01 --to 2026-01-01
audit fjell --from x --to y
audit-verify nowhere.jsonl
audit-verify {tmp}
audit-verify {tmp}/binary
close-pair fjell 9
company apply nowhere.toml
company apply {tmp}
company apply {tmp}/binary
company apply {tmp}/broken.toml
company apply {tmp}/types.toml
company check nobody
company export fjell --out /nowhere/x.zip
company export fjell --out {tmp}
company purge fjell
company purge fjell --yes vann
company show nobody
company nonsense
confirm-rate fjell 5001 -- -1
confirm-rate fjell 5001 nan
confirm-rate fjell 5001 x
demo --port 0
demo --port x
expenses import fjell --days-back -1
expenses import fjell --days-back x
expenses list fjell --limit 0
expenses list fjell --state x
export csv fjell --from 2026-01-01 --to 2025-01-01
export csv fjell --from 2026-01-01 --to 2026-02-01 --out /nowhere/x
export csv fjell --from 2026-01-01 --to 2026-02-01 --out {tmp}
export csv fjell --from 2026-01-01 --to x
export pdf fjell
keys rotate x
ledger change fjell
ledger change fjell {tmp}/broken.toml
ledger change fjell {tmp}/types.toml --invoices-from x
nonsense
preview fjell
preview fjell x
preview nobody 1
reconcile fjell
reconcile fjell --from 0001-01-01 --to 0001-01-02
reconcile fjell --from 2000-01-01 --to 2026-11-30
reconcile fjell --month 2026-11 --csv /nowhere/x.csv
reconcile fjell --month 2026-11 --csv {tmp}
reconcile fjell --month 2026-11 --from 2026-01-01
reconcile fjell --month 2026-13
recover fjell --from x
recover fjell --from 2026-02-01 --to 2026-01-01
rehearse fjell --from x --to y
rehearse fjell --from 2026-02-01 --to 2026-01-01
rehearse fjell --from 2026-11-01 --to 2026-11-30 --xlsx {tmp}
retry fjell
retry fjell invoice
retry fjell invoice 9
retry fjell letter 9
sandbox azets --port 0 --saft nowhere.xml
sandbox azets --port 0 --saft {tmp}/binary
sandbox moment --port 0 --sample rubbish
sandbox moment --port 70000
sandbox moment --port x
show fjell invoice 9
show fjell letter 9
status nobody
token add fjell --name P --last-day 2001-01-01
token add fjell --name P --last-day x
token add fjell --name P --scope x
token revoke fjell 99
token revoke fjell x
transfer fjell invoices
transfer fjell invoices --since yesterday
transfer fjell invoices abc
transfer fjell letters 1
transfers
transfers fjell --jsno
transfers fjell --kind letter
transfers fjell --limit x
transfers fjell --state lost
transfers fjell x y
user add kari
user add kari@x.example --role king
user add kari@x.example --company nobody --role owner
worker --concurrency 0
worker --concurrency x
"""
LIBRARIES = re.compile(
    r"Errno|Traceback|[Vv]alue error|Input should|valid (?:integer|string)|unable to parse|%Y|\bNone\b|<class|<[\w.]+ object"
    r"|not in the range|x>=|argument\(s\)|Error\('|Exception|\\x[0-9a-f]{2}|\[type=|codec|b'"
)
TYPED = r"'[^']*'|[a-z_]+\.[a-z_.]+|\d{4}-\d\d-\d\d|Known sections: [^.]*|such as \[.*?\]|Give one of:? [a-z_, ]+"
"""What a person types, and what can be typed instead."""
TYPES = """
slug = "fjell"
[company]
slug = 5
name = ["x"]
live = "yes"
language = true
organisation_number = "1"
[moment]
base_url = {a = 1}
company_id = [1]
api_key = 3
[platform]
kind = 7
[platform.azets]
username = [1]
[export]
invoices = "no"
invoices_from = "x"
[notify]
emails = "x"
users = [1, true]
[dimensions]
project = "x"
[accrual]
enabled = "maybe"
[retention]
years = 1.5
[nothing]
x = 1
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    (tmp_path / "broken.toml").write_text("[company\nx=")
    (tmp_path / "types.toml").write_text(TYPES)
    (tmp_path / "bad.csv").write_text("project;amount\n;many\n1;2,345\n")
    return tmp_path


def test_every_refusal_is_a_sentence(world: World, run: Run, files: Path) -> None:
    wrong = []
    for line in WRONG.strip().splitlines():
        words = line.replace("{tmp}", str(files)).split(" ")
        printed = run(*words, statuses=(1, 2))
        said = "\n".join(one for one in printed.splitlines() if not one.startswith(("Usage:", "Try 'bilag")))
        assert said.strip(), line
        wrong += [f"{line}: {found[0]!r} in {said!r}" for found in LIBRARIES.finditer(said)]
        wrong += [f"{line}: {one}" for one in wrong_in(said, rf"{files}\S*|{TYPED}")]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", ["invoice", "invoices", "Invoice", "INVOICES"])
def test_one_and_many_are_both_understood(world: World, run: Run, kind: str) -> None:
    number = str(world.insert_invoice({}))
    assert "1 queued" in run("transfer", "fjell", kind, number, status=0)
    assert number in run("show", "fjell", kind, number, status=0)
    assert number in run("transfers", "fjell", "--kind", kind, status=0)
    assert "There is no transfer of invoice 424242" in run("retry", "fjell", kind, "424242", status=1)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("companies list", "company list"),
        ("users list", "user list"),
        ("tokens list fjell", "token list fjell"),
        ("key list", "keys list"),
        ("expense list fjell", "expenses list fjell"),
        ("accrual list fjell", "accruals list fjell"),
    ],
)
def test_groups_are_understood_in_one_and_many(world: World, run: Run, typed: str, same: str) -> None:
    assert run(*typed.split(), status=0) == run(*same.split(), status=0)
