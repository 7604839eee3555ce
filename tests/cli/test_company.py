"""`bilag company`: applied from a file, listed, shown and checked; secrets never shown; exit statuses as promised."""

import json
from typing import Any

import pytest

from tests.support.commands import Bilag, Done

STEPS = {"moment", "signed_in", "client_found", "chart", "units", "periods", "who", "accounts", "numbers", "notified"}
PROBLEM = {"code", "subject", "message", "remedy"}

pytestmark = [pytest.mark.service, pytest.mark.usefixtures("plain")]


def test_applied_again_a_company_is_unchanged_and_tells_its_webhook_address(bilag: Bilag) -> None:
    done = bilag.typed("company", "apply", str(bilag.folder / "fjell.toml"))
    assert (done.returncode, done.stdout) == (0, "")
    assert "fjell is unchanged." in done.stderr
    assert "ok  Moment: Connected to Moment" in done.stderr
    assert f"Webhook address for Moment: http://127.0.0.1:{bilag.port}/hooks/moment/" in done.stderr


def test_applied_with_json_it_is_one_document(bilag: Bilag) -> None:
    done = bilag.typed("company", "apply", str(bilag.folder / "fjell.toml"), "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["slug"] == "fjell"
    assert document["created"] is False
    assert document["changed"] == []
    assert document["live"] is True
    assert document["paused"] is None
    assert document["check"]["ok"] is True
    assert document["webhookUrl"].startswith(f"http://127.0.0.1:{bilag.port}/hooks/moment/")


def test_a_changed_key_is_named(bilag: Bilag) -> None:
    file = bilag.company_file(
        "fjell", **{"[dimensions]": '[notify]\nemails = ["regnskap@fjell.example"]\n[dimensions]'}
    )
    done = bilag.typed("company", "apply", str(file))
    assert done.returncode == 0
    assert "fjell is updated (Email addresses to notify)." in done.stderr


def test_a_file_with_faults_names_them_all_and_changes_nothing(bilag: Bilag) -> None:
    file = bilag.company_file(
        "fjell", **{"Fjell Arkitekter AS": "Berg AS", "project = 2": 'project = "two"\nprosject = 2'}
    )
    refused = bilag.typed("company", "apply", str(file))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Nothing was changed" in refused.stderr
    assert "dimensions.project " in refused.stderr
    assert "dimensions.prosject is not a key of a company file. Did you mean dimensions.project?" in refused.stderr
    shown = bilag.json("company", "show", "fjell")
    assert (shown["name"], shown["setup"]["dimensions"]["project"]) == ("Fjell Arkitekter AS", 2)


def test_two_companies_cannot_share_one_company_of_moment(bilag: Bilag) -> None:
    refused = bilag.typed("company", "apply", str(bilag.company_file("tvilling")))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "company 4021 at " in refused.stderr
    assert "belongs to another company" in refused.stderr
    assert "tvilling" not in {company["slug"] for company in bilag.json("company", "list")}


def test_companies_are_listed(bilag: Bilag) -> None:
    table, document = bilag.all_typed([("company", "list"), ("company", "list", "--json")])
    assert (table.returncode, document.returncode, document.stderr) == (0, 0, "")
    assert "fjell" in table.stdout
    assert "switched on" in table.stdout
    (fjell,) = (company for company in json.loads(document.stdout) if company["slug"] == "fjell")
    name = "Fjell Arkitekter AS"
    assert fjell == {"slug": "fjell", "name": name, "platform": "azets", "live": True, "paused": None}


def test_a_company_is_shown_without_its_secrets(bilag: Bilag) -> None:
    table, document = bilag.all_typed([("company", "show", "fjell"), ("company", "show", "fjell", "--json")])
    assert (table.returncode, document.returncode, document.stderr) == (0, 0, "")
    shown = json.loads(document.stdout)
    assert shown["webhookUrl"] in table.stderr
    assert shown["setup"]["dimensions"]["project"] == 2
    assert shown["setup"]["platform"]["azets"]["source_client_id"] == "123"
    everything = table.stdout + table.stderr + document.stdout
    assert "(secret)" in table.stdout
    assert "example-password" not in everything
    assert "example-moment-key" not in everything


def test_a_check_tells_its_steps(bilag: Bilag) -> None:
    words, document = bilag.all_typed([("company", "check", "fjell"), ("company", "check", "fjell", "--json")])
    assert (words.returncode, document.returncode, document.stderr) == (0, 0, "")
    assert "ok  Accounts in Moment: " in words.stderr
    report = json.loads(document.stdout)
    assert report["ok"] is True
    assert {step["name"] for step in report["steps"]} == STEPS
    assert all(set(step) == {"name", "standing", "detail", "problems"} for step in report["steps"])


def test_a_company_that_moment_does_not_know_is_paused_with_the_reason(bilag: Bilag) -> None:
    file = str(bilag.company_file("fremmed", **{'"4021"': '"4022"'}))
    applied = bilag.typed("company", "apply", file, "--json")
    assert applied.returncode == 1
    document = json.loads(applied.stdout)
    assert document["check"]["ok"] is False
    assert set(document["paused"]) >= PROBLEM
    checked, status, told, transfer = bilag.all_typed(
        [
            ("company", "check", "fremmed"),
            ("status", "fremmed", "--json"),
            ("status", "fremmed"),
            ("transfer", "fremmed", "invoices", "5001", "--wait"),
        ]
    )
    assert checked.returncode == 1
    assert "FAILED" in checked.stderr
    assert (status.returncode, told.returncode) == (1, 1)
    assert json.loads(status.stdout)["paused"] == document["paused"]
    assert document["paused"]["remedy"] in told.stderr
    assert transfer.returncode == 1
    assert "fremmed is paused" in transfer.stderr
    assert "bilag status fremmed" in transfer.stderr


@pytest.fixture(scope="module")
def nobody_answers(bilag: Bilag) -> Done:
    """A company is set up while both its systems are away."""
    closed = {bilag.moment: "http://127.0.0.1:1", bilag.hub: "http://127.0.0.1:1"}
    return bilag.typed("company", "apply", str(bilag.company_file("borte", **closed)), "--json")


def test_a_setup_is_taken_though_nobody_answers_and_the_systems_are_named(nobody_answers: Done) -> None:
    assert nobody_answers.returncode == 3
    document: dict[str, Any] = json.loads(nobody_answers.stdout)
    assert document["created"] is True
    assert document["paused"] is None
    failed = {step["name"]: step["problems"][0] for step in document["check"]["steps"] if step["standing"] == "failed"}
    assert set(failed) == {"moment", "signed_in"}
    assert "Moment does not answer" in failed["moment"]["message"]
    assert "Bilag cannot connect to Azets' integration platform" in failed["signed_in"]["message"]
    assert all(set(problem) >= PROBLEM for problem in failed.values())


def test_commands_that_need_a_system_that_is_away_say_so(bilag: Bilag, nobody_answers: Done) -> None:
    commands = ("company check borte", "preview borte 5001", "poll borte", "transfer borte invoices --all")
    for done in bilag.all_typed([command.split() for command in commands]):
        assert (done.returncode, done.stdout) == (3, "")
        assert "does not answer" in done.stderr or "cannot connect" in done.stderr
        assert "Bilag retries automatically" in done.stderr
        assert "Traceback" not in done.stderr


def test_what_is_asked_for_by_number_waits_for_a_system_that_is_away(bilag: Bilag, nobody_answers: Done) -> None:
    assert bilag.typed("transfer", "borte", "invoices", "5001").returncode == 0
    assert [row["number"] for row in bilag.json("transfers", "borte")] == ["5001"]
