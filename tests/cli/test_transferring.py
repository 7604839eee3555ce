"""`bilag preview`, `transfer`, `retry`, `poll`: what they answer, and what then stands in both systems."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support.commands import TRANSFER, Bilag

PROBLEM = {"code", "subject", "message", "remedy"}

pytestmark = pytest.mark.service


def by_number(document: str) -> dict[str, Any]:
    """The rows of a list of transfers."""
    rows = json.loads(document)
    assert all(set(row) >= TRANSFER for row in rows)
    return {row["number"]: row for row in rows}


def all_that_stands(bilag: Bilag, number: str) -> tuple[Any, ...]:
    """What a transfer of the invoice would change: the hub's books and Moment's status."""
    books = [bilag.ask("hub", "GET", f"/admin/clients/123/{what}") for what in ("ledger", "batches", "trial-balance")]
    return *books, bilag.export_status(number)


def test_a_preview_shows_the_voucher_and_sends_nothing(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    before = all_that_stands(bilag, number)
    table, document = bilag.all_typed([("preview", "fjell", number), ("preview", "fjell", number, "--json")])
    assert (table.returncode, document.returncode, document.stderr) == (0, 0, "")
    assert f"Voucher {number}, invoice" in table.stdout
    (shown,) = json.loads(document.stdout)
    assert (shown["number"], shown["problems"], shown["nothingToPost"]) == (int(number), [], False)
    (voucher,) = shown["vouchers"]
    assert voucher["voucherNumber"] == int(number)
    sides = {"credit": Decimal(0), "debit": Decimal(0)}
    for entry in voucher["entries"]:
        sides[entry["side"]] += Decimal(entry["grossAmount"])
        assert entry["accountNumber"] in table.stdout
    assert sides["credit"] - sides["debit"] == Decimal(voucher["totalAmount"])
    assert before[-1] == "toTransfer"
    assert all_that_stands(bilag, number) == before
    assert number not in {row["number"] for row in bilag.json("transfers", "fjell")}
    assert bilag.typed("transfer", "fjell", "invoices", number, "--wait").returncode == 0
    (posted,) = bilag.vouchers(number)  # what was previewed is what is posted
    assert Decimal(posted["totalAmount"]) == Decimal(voucher["totalAmount"])


def test_a_preview_of_several_tells_which_one_is_not_there(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    done = bilag.typed("preview", "fjell", f"{number},99999", "--json")
    assert done.returncode == 1
    good, missing = json.loads(done.stdout)
    assert (good["number"], good["problems"]) == (int(number), [])
    assert (missing["number"], missing["vouchers"]) == (99999, [])
    assert missing["problems"][0]["code"] == "not_in_moment"
    assert set(missing["problems"][0]) >= PROBLEM


def test_invoices_are_transferred_by_number(bilag: Bilag) -> None:
    numbers = bilag.finalise(2)
    done = bilag.typed("transfer", "fjell", "invoices", ",".join(numbers), "--wait")
    assert done.returncode == 0
    assert all(number in done.stdout for number in numbers)
    assert len(bilag.vouchers(*numbers)) == 2
    assert {bilag.export_status(number) for number in numbers} == {"transferred"}


def test_a_transfer_with_json_is_one_document(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    done = bilag.typed("transfer", "fjell", "invoices", number, "--wait", "--json")
    assert done.returncode == 0
    row = by_number(done.stdout)[number]
    (voucher,) = bilag.vouchers(number)
    assert (row["kind"], row["state"], row["reason"], row["problems"]) == ("invoice", "done", None, [])
    assert (row["voucherNumber"], row["journalNumber"]) == (int(number), voucher["journalNumber"])
    assert row["attempts"] >= 1
    assert datetime.strptime(row["doneAt"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= datetime.now(UTC)


def test_without_wait_it_is_queued_and_told_how_to_follow(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    done = bilag.typed("transfer", "fjell", "invoices", number)
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 queued. Follow the transfers with: bilag transfers fjell" in done.stderr
    assert "No worker" not in done.stderr
    assert bilag.typed("transfer", "fjell", "invoices", number, "--wait").returncode == 0
    assert len(bilag.vouchers(number)) == 1


def test_all_and_since_take_what_moment_has_to_transfer(bilag: Bilag) -> None:
    numbers = bilag.finalise(2)
    none = bilag.typed("transfer", "fjell", "invoices", "--since", "2099-01-01", "--wait", "--json")
    assert (none.returncode, json.loads(none.stdout)) == (0, [])
    assert "no invoices to transfer" in none.stderr
    since = bilag.typed("transfer", "fjell", "invoices", "--since", "2020-01-01", "--wait", "--json")
    rows = by_number(since.stdout)
    assert since.returncode == 0
    assert set(numbers) <= set(rows)
    assert {row["state"] for row in rows.values()} == {"done"}
    later = bilag.finalise(1)
    everything = bilag.typed("transfer", "fjell", "invoices", "--all", "--wait", "--json")
    assert everything.returncode == 0
    assert set(by_number(everything.stdout)) == set(later)  # what was transferred before is not asked for again
    assert len(bilag.vouchers(*numbers, *later)) == 3


def test_customers_and_projects_are_transferred(bilag: Bilag) -> None:
    commands = [("transfer", "fjell", kind, "--all", "--wait", "--json") for kind in ("customers", "projects")]
    for kind, everything in zip(("customer", "project"), bilag.all_typed(commands), strict=True):
        assert everything.returncode == 0
        rows = by_number(everything.stdout)
        assert len(rows) > 30
        assert {(row["kind"], row["state"]) for row in rows.values()} == {(kind, "done")}
    two = bilag.typed("transfer", "fjell", "customers", "10001,10002", "--wait", "--json")
    assert (two.returncode, set(by_number(two.stdout))) == (0, {"10001", "10002"})


@pytest.mark.parametrize(("kind", "real"), [("invoices", None), ("customers", "10021"), ("projects", "1354")])
def test_a_mistyped_number_is_an_error_and_nothing_else(bilag: Bilag, kind: str, real: str | None) -> None:
    before = bilag.json("transfers", "fjell")
    numbers = f"{real or bilag.finalise(1)[0]},99999991"
    done = bilag.typed("transfer", "fjell", kind, numbers, "--wait", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Nothing was transferred. Moment does not have {kind[:-1]} 99999991." in done.stderr
    assert [row for row in bilag.json("transfers", "fjell") if row["number"] == "99999991"] == []
    assert len(bilag.json("transfers", "fjell", "--kind", "customer")) == len(
        [row for row in before if row["kind"] == "customer"]
    )


def test_a_number_that_moment_turns_out_not_to_have_needs_a_person(bilag: Bilag) -> None:
    """It was typed while Moment did not answer, so nobody could say so at once."""
    bilag.ask("moment", "POST", "/admin/faults", {"kind": "unavailable", "times": 20})
    bilag.typed("transfer", "fjell", "invoices", "99998")
    bilag.ask("moment", "DELETE", "/admin/faults")
    done = bilag.typed("retry", "fjell", "invoice", "99998", "--wait", "--json")
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)
    assert (row["number"], row["state"], row["voucherNumber"], row["doneAt"]) == (
        "99998",
        "needs_attention",
        None,
        None,
    )
    (problem,) = row["problems"]
    assert set(problem) >= PROBLEM
    assert (problem["code"], problem["subject"]) == ("not_in_moment", "invoice 99998")
    table = bilag.typed("transfers", "fjell", "--kind", "invoice", "--state", "needs_attention")
    assert problem["message"].split()[0] in table.stdout
    assert "99998" in table.stdout


def test_after_its_cause_was_mended_what_stopped_is_tried_again(bilag: Bilag) -> None:
    refusal = {
        "effect": "refused",
        "errorCode": "batch_update_failed",
        "errorMessage": "Sperret av revisor",
        "times": 2,
    }
    bilag.ask("hub", "POST", "/admin/clients/123/posting", refusal)
    one, other = bilag.finalise(2)
    stopped = bilag.typed("transfer", "fjell", "invoices", f"{one},{other}", "--wait", "--json")
    assert stopped.returncode == 1
    assert {row["state"] for row in by_number(stopped.stdout).values()} == {"needs_attention"}
    assert stopped.stdout.count("Sperret av revisor") == 2

    done = bilag.typed("retry", "fjell", "invoices", one, "--wait", "--json")  # the plural is taken, too
    row = by_number(done.stdout)[one]
    assert (done.returncode, row["state"], row["problems"]) == (0, "done", [])
    assert row["attempts"] >= 2
    assert (len(bilag.vouchers(one)), len(bilag.vouchers(other))) == (1, 0)

    everything = bilag.typed("retry", "fjell", "--all", "--wait", "--json")
    rows = by_number(everything.stdout)
    assert one not in rows
    assert rows[other]["state"] == "done"
    assert (len(bilag.vouchers(one)), len(bilag.vouchers(other))) == (1, 1)


def test_a_poll_tells_what_it_looked_at(bilag: Bilag) -> None:
    done = bilag.typed("poll", "fjell", "--wait", "--json")
    assert done.returncode == 0
    assert isinstance(json.loads(done.stdout), list)
    assert all(f"{kind}" in done.stderr for kind in ("customer", "project", "invoice"))
    assert " checked, " in done.stderr


def test_an_exchange_rate_is_confirmed_by_number_and_rate(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    bilag.ask("moment", "PATCH", f"/admin/invoices/number:{number}", {"currency": "EUR", "exchangeRate": 21.5})
    assert bilag.typed("transfer", "fjell", "invoices", number, "--wait").returncode == 1
    other, none, bad = bilag.all_typed(
        [
            ("confirm-rate", "fjell", number, "21.6"),
            ("confirm-rate", "fjell", "99997", "21.5"),
            ("confirm-rate", "fjell", number, "about-20"),
        ]
    )
    assert (other.returncode, none.returncode, bad.returncode) == (1, 1, 2)
    assert "has not stopped at the exchange rate 21.6" in other.stderr
    assert bilag.vouchers(number) == []
    done = bilag.typed("confirm-rate", "fjell", number, "21,50", "--wait")
    assert done.returncode == 0, done.stderr
    assert len(bilag.vouchers(number)) == 1
