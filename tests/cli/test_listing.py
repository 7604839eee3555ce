"""`bilag transfers`, `show` and `status` of a company: what they list, in tables and as one JSON document."""

import json

import pytest

from tests.support.commands import TRANSFER, Bilag

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def number(bilag: Bilag) -> str:
    """An invoice that was transferred."""
    (made,) = bilag.finalise(1)
    assert bilag.typed("transfer", "fjell", "invoices", made, "--wait").returncode == 0
    return made


def test_transfers_are_listed_newest_first_by_kind_and_state(bilag: Bilag, number: str) -> None:
    everything, invoices, done, table = bilag.all_typed(
        [
            ("transfers", "fjell", "--json"),
            ("transfers", "fjell", "--kind", "invoices", "--json"),
            ("transfers", "fjell", "--kind", "invoice", "--state", "done", "--json"),
            ("transfers", "fjell", "--kind", "invoice", "--state", "done", "--limit", "1"),
        ]
    )
    rows = json.loads(everything.stdout)
    assert all(set(row) >= TRANSFER for row in rows)
    assert {row["kind"] for row in rows} >= {
        "customer",
        "project",
        "invoice",
    }  # another file's test may give accrued income
    assert [row for row in rows if row["kind"] == "invoice"] == json.loads(invoices.stdout)
    assert [row for row in json.loads(invoices.stdout) if row["state"] == "done"] == json.loads(done.stdout)
    newest = json.loads(done.stdout)[0]
    assert newest["number"] == number
    assert all(word in table.stdout for word in ("Voucher", number, "done", newest["name"]))
    assert len(table.stdout.splitlines()) == 2
    assert everything.stderr == invoices.stderr == done.stderr == ""


def test_a_list_of_none_says_so(bilag: Bilag) -> None:
    table, document = bilag.all_typed(
        [("transfers", "fjell", "--state", "sending"), ("transfers", "fjell", "--state", "sending", "--json")]
    )
    assert (table.returncode, table.stdout) == (0, "")
    assert "No transfers." in table.stderr
    assert (document.returncode, json.loads(document.stdout), document.stderr) == (0, [], "")


def test_one_transfer_is_shown_with_every_try(bilag: Bilag, number: str) -> None:
    table, document = bilag.all_typed(
        [("show", "fjell", "invoice", number), ("show", "fjell", "invoice", number, "--json")]
    )
    assert (table.returncode, document.returncode, document.stderr) == (0, 0, "")
    shown = json.loads(document.stdout)
    assert set(shown) >= TRANSFER
    assert len(shown["history"]) == shown["attempts"]
    asked = [exchange["method"] for exchange in shown["history"][0]["exchanges"]]
    assert "POST" in asked
    assert "(Oslo): done" in table.stdout
    assert "azets" in table.stdout
    assert not {"example-password", "example-moment-key"} & set(document.stdout.replace('"', " ").split())


def test_status_counts_transfers_by_kind_and_state(bilag: Bilag, number: str) -> None:
    words, document = bilag.all_typed([("status", "fjell"), ("status", "fjell", "--json")])
    status = json.loads(document.stdout)
    stopped = sum(states.get("needs_attention", 0) for states in status["transfers"].values())
    needs_attention = int(bool(stopped or status["expenses"]["needsAttention"]))  # another file's test may leave one
    assert (words.returncode, document.returncode, document.stderr) == (needs_attention, needs_attention, "")
    assert (status["company"], status["paused"], status["workerAlive"]) == ("fjell", None, True)
    assert set(status["expenses"]) == {"imported", "ignored", "waiting", "needsAttention", "lastImport"}
    assert status["transfers"]["invoice"]["done"] == len(
        bilag.json("transfers", "fjell", "--kind", "invoice", "--state", "done")
    )
    assert "Fjell Arkitekter AS (fjell) is switched on." in words.stderr
    assert "needs attention" in words.stdout
    assert "No worker is running" not in words.stderr


def test_a_table_that_is_piped_on_has_a_line_for_each_row(bilag: Bilag, number: str) -> None:
    """What `bilag transfers fjell | grep "needs attention"` needs."""
    bilag.ask("moment", "POST", "/admin/faults", {"kind": "unavailable", "times": 20})
    bilag.typed("transfer", "fjell", "invoices", "99997")
    bilag.ask("moment", "DELETE", "/admin/faults")
    bilag.typed("retry", "fjell", "invoice", "99997", "--wait")
    done = bilag.typed("transfers", "fjell", "--kind", "invoice", COLUMNS="")
    (row,) = (line for line in done.stdout.splitlines() if "99997" in line)
    assert "needs attention" in row
    assert "Invoice 99997 was not found in Moment." in row
