"""The setup through the API: shown without secrets, saved whole, never over somebody else's change; the check; live."""

from copy import deepcopy
from typing import Any

from bilag_sandbox import hub, moment
from tests.support.people import People
from tests.support.program import Program
from tests.support.world import World


def stored() -> tuple[Any, dict[str, str]]:
    from bilag.companies.models import IntegrationSetup
    from bilag.companies.secrets import opened

    row = IntegrationSetup.objects.get(company__slug="fjell")
    return row, opened(row.secrets)


def shown(program: Program) -> dict[str, Any]:
    return deepcopy(program.get("/company").json["setup"])


def test_the_company_is_shown_as_the_command_line_shows_it(reader: Program, writer: Program, world: World) -> None:
    from bilag.cli.company import _as_json
    from bilag.companies import store

    same = _as_json(store.load_setup(world.company_id))
    same.pop("changes")
    answer = writer.get("/company")
    assert answer.json == same
    assert answer.headers["ETag"] == f'"{same["version"]}"'
    assert answer.headers["Cache-Control"] == "no-store"
    same.pop("webhookUrl")
    assert reader.get("/company").json == same
    assert same["setup"]["moment"]["api_key"] == "(secret)"


def test_a_paused_company_tells_its_problem(reader: Program, world: World) -> None:
    from bilag.companies import lifecycle
    from bilag.posting.problem import Problem

    lifecycle.pause(world.company_id, Problem("moment_key_refused", "moment", {}))
    for path in ("/company", "/status"):
        paused = reader.get(path).json["paused"]
        assert paused["code"] == "moment_key_refused"
        assert paused["message"]
        assert paused["remedy"]


def test_what_is_read_can_be_sent_back_and_is_no_change(writer: Program) -> None:
    before = writer.get("/company").json
    answer = writer.put("/setup", before["setup"], Idempotency_Key="key-1")
    again = writer.put("/setup", before["setup"], Idempotency_Key="key-1")
    assert (again.json, again.headers["ETag"]) == (answer.json, answer.headers["ETag"])
    assert (answer.status, answer.json["changed"], answer.json["version"]) == (200, [], before["version"]), answer.text
    assert "webhookUrl" not in answer.json


def test_a_setup_is_saved_and_kept_with_who_did_it(writer: Program, reader: Program) -> None:
    document = shown(writer)
    del document["moment"]["api_key"]
    document["export"]["invoices_from"] = "2026-11-05"
    document["dimensions"] = {"project": 2, "department": None}
    answer = writer.put("/setup", document)
    assert answer.status == 200, answer.text
    assert answer.json["changed"] == ["dimensions.department", "export.invoices_from"]
    row, secrets = stored()
    assert row.settings["export"]["invoices_from"] == "2026-11-05"
    assert secrets == {"moment.api_key": moment.API_KEY, "platform.azets.password": hub.PASSWORD}
    assert answer.headers["ETag"] == f'"{row.version}"'
    changes = reader.get("/setup/changes?limit=2").json
    assert [one["field"] for one in changes["changes"]] == ["export.invoices_from", "dimensions.department"]
    assert changes["changes"][0]["origin"] == "API token accounting"
    assert reader.get("/company").json["live"] is True
    saved = [one for one in reader.get("/events").json["events"] if one["name"] == "setup_saved"]
    assert saved[0]["origin"] == "API token accounting"


def test_a_setup_that_stops_working_pauses_the_company_and_one_that_works_again_resumes_it(writer: Program) -> None:
    document = shown(writer)
    document["platform"]["azets"]["password"] = "wrong-password"
    answer = writer.put("/setup", document)
    assert answer.status == 200
    assert answer.json["paused"]["remedy"]
    assert "wrong-password" not in answer.text
    document["platform"]["azets"]["password"] = hub.PASSWORD
    assert writer.put("/setup", document).json["paused"] is None


def test_every_fault_is_told_at_once_and_nothing_is_saved(writer: Program) -> None:
    version = stored()[0].version
    document = shown(writer)
    document["company"] |= {"slug": "others", "live": False, "organisation_number": "123"}
    document["export"] |= {"invoices_from": "5.11.2026", "customers": "yes"}
    document["dimensions"] = {"project": 15, "departmnt": 1}
    document["expenses"] = {"from_date": 20260101}
    document["more"] = {}
    answer = writer.put("/setup", document)
    assert answer.status == 422
    told = {error["field"]: error["detail"] for error in answer.json["errors"]}
    assert set(told) == {
        "company.slug",
        "company.live",
        "company.organisation_number",
        "export.invoices_from",
        "export.customers",
        "dimensions.project",
        "dimensions.departmnt",
        "expenses.from_date",
        "more",
    }
    assert '"2026-11-01"' in told["export.invoices_from"]
    assert "dimensions.department?" in told["dimensions.departmnt"]
    assert stored()[0].version == version


def test_odd_documents_are_refused_and_not_stored(writer: Program) -> None:
    good, deep = shown(writer), {}
    place: Any = deep
    for _ in range(50):
        place["a"] = place = {}
    odd: list[Any] = [
        {},
        {"company": []},
        {"company": {"name": "x"}, "platform": {"kind": ["azets"]}},
        {"company": None, "moment": "x", "platform": "x"},
        {**good, "company": {"name": "a\0b"}},
        {**good, "company": {"name": "\ud800"}},
        {**good, "notify": {"emails": ["a\0b@c.no"]}},
        {**good, "notify": {"emails": {"a": 1}}},
        {**good, "dimensions": {"project": 1e300}},
        {**good, "dimensions": {"project": 10**400}},
        {**good, "a\0": 1},
        {**good, "a": deep},
        {**good, "platform": {"kind": "azets", "azets": []}},
        {**good, "platform": {"kind": "no_such", "no_such": {}}},
    ]
    for document in odd:
        answer = writer.put("/setup", document)
        assert answer.status == 422, document
        assert answer.json["errors"], document
    assert writer.put("/setup", []).status == 422


def test_a_secret_does_not_follow_an_address_to_another_place(writer: Program) -> None:
    document = shown(writer)
    document["moment"]["base_url"] = "https://elsewhere.example"
    del document["platform"]["azets"]["password"]
    document["platform"]["azets"]["base_url"] = "https://elsewhere.example/v1"
    answer = writer.put("/setup", document)
    assert answer.status == 422
    assert {error["field"] for error in answer.json["errors"]} == {"moment.api_key", "platform.azets.password"}
    document = shown(writer)
    document["moment"]["base_url"] += "/"
    assert writer.put("/setup", document).json["changed"] == []


def test_an_empty_secret_is_taken_away(writer: Program) -> None:
    document = shown(writer)
    document["platform"]["azets"] |= {"password": "", "username": "", "api_key": "another-key-of-the-hub"}
    answer = writer.put("/setup", document)
    assert answer.status == 200, answer.text
    assert set(stored()[1]) == {"moment.api_key", "platform.azets.api_key"}
    assert "another-key" not in answer.text
    assert "another-key" not in writer.get("/setup/changes").text


def test_env_and_file_are_not_looked_up_for_who_sends_them(writer: Program) -> None:
    document = shown(writer)
    document["platform"]["azets"]["username"] = "env:HOME"
    document["moment"]["api_key"] = "file:/etc/hostname"
    writer.put("/setup", document)
    row, secrets = stored()
    assert row.settings["platform"]["azets"]["username"] == "env:HOME"
    assert secrets["moment.api_key"] == "file:/etc/hostname"


def test_if_match_keeps_from_overwriting(writer: Program) -> None:
    seen = writer.get("/company").headers["ETag"]
    document = shown(writer)
    document["company"]["name"] = "First"
    assert writer.put("/setup", document, If_Match=seen).status == 200
    document["company"]["name"] = "Second"
    answer = writer.put("/setup", document, If_Match=seen)
    assert (answer.status, answer.json["type"]) == (412, "/api/docs#setup-changed")
    assert answer.json["version"] == int(seen.strip('"')) + 1
    assert writer.get("/company").json["name"] == "First"
    assert writer.put("/setup", document, If_Match="*").status == 200
    bad = writer.put("/setup", document, If_Match="W/x")
    assert (bad.status, bad.json["errors"][0]["field"]) == (400, "If-Match")


def test_moments_company_of_another_is_refused(writer: Program, stranger: Program, people: People) -> None:
    document = shown(stranger)
    document["moment"] |= {"base_url": "http://127.0.0.1:9", "company_id": "1", "api_key": "k"}
    mine = shown(writer)
    mine["moment"] = document["moment"]
    answer = writer.put("/setup", mine)
    assert (answer.status, answer.json["type"]) == (409, "/api/docs#moment-taken")


def test_the_check_is_told_step_by_step(reader: Program, world: World) -> None:
    answer = reader.post("/check")
    assert answer.json["ok"] is True
    steps = {step["name"]: step for step in answer.json["steps"]}
    assert {"moment", "signed_in", "client_found", "chart", "notified"} <= set(steps)
    assert steps["notified"]["problems"][0]["remedy"]
    norwegian = Program(reader.token, language="nb").post("/check").json
    assert norwegian["steps"][0]["detail"] == "Tilkoblet Moment"
    world.apply(platform={"kind": "azets", "azets": {**shown(reader)["platform"]["azets"], "password": "wrong"}})
    failed = reader.post("/check").json
    assert failed["ok"] is False


def test_live_is_switched_off_and_on_behind_the_check(writer: Program, world: World) -> None:
    from bilag.companies import lifecycle

    off = writer.post("/live", {"live": False})
    assert (off.status, off.json) == (200, {"live": False, "paused": None, "check": None})
    assert not lifecycle.is_open(world.company_id)
    world.apply(notify={"emails": ["kari@fjell.example"]})
    on = writer.post("/live", {"live": True})
    assert (on.status, on.json["live"], on.json["check"]["ok"]) == (200, True, True)
    assert lifecycle.is_open(world.company_id)
    names = [one["name"] for one in writer.get("/events").json["events"]]
    assert names.index("live") < names.index("not_live")


def test_live_is_refused_when_nobody_is_told_as_on_the_page(writer: Program) -> None:
    writer.post("/live", {"live": False})
    answer = writer.post("/live", {"live": True})
    assert (answer.status, answer.json["type"]) == (409, "/api/docs#setup-does-not-work")
    assert "Give notify.emails or notify.users in the setup" in answer.json["detail"]
    assert answer.json["check"]["ok"] is True
    assert writer.get("/company").json["live"] is False


def test_who_switched_live_stands_in_the_changes(writer: Program, world: World) -> None:
    writer.post("/live", {"live": False})
    change = writer.get("/setup/changes").json["changes"][0]
    assert (change["field"], change["old"], change["new"]) == ("company.live", True, False)
    assert "accounting" in change["origin"], "the token's name"


def test_live_is_refused_when_the_check_fails(writer: Program, world: World) -> None:
    writer.post("/live", {"live": False})
    world.apply(platform={"kind": "azets", "azets": {**shown(writer)["platform"]["azets"], "password": "wrong"}})
    answer = writer.post("/live", {"live": True})
    assert (answer.status, answer.json["type"]) == (409, "/api/docs#setup-does-not-work")
    failed = [step for step in answer.json["check"]["steps"] if step["standing"] == "failed"]
    assert failed[0]["problems"][0]["remedy"]
    assert writer.get("/company").json["live"] is False


def test_live_is_not_switched_on_unchecked(writer: Program, world: World) -> None:
    writer.post("/live", {"live": False})
    world.moment.fault(kind="unavailable", times=50)
    answer = writer.post("/live", {"live": True})
    assert (answer.status, answer.json["type"]) == (503, "/api/docs#unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert writer.get("/company").json["live"] is False


def test_another_client_is_a_step_of_its_own_and_nothing_is_saved(writer: Program, people: People) -> None:
    from django.utils import timezone

    from bilag.companies.models import Ledger

    Ledger.objects.filter(company_id=people.world.company_id).update(used_at=timezone.now())
    mine = shown(writer)
    mine["platform"]["azets"]["source_client_id"] = "777"
    answer = writer.put("/setup", mine)
    assert (answer.status, answer.json["type"]) == (409, "/api/docs#ledger-in-use")
    assert "azets:S2041:123 to azets:S2041:777" in answer.json["detail"]
    assert Ledger.objects.get(company_id=people.world.company_id).key == "azets:S2041:123"


def test_live_is_refused_until_the_parties_are_confirmed_as_they_are(writer: Program, world: World) -> None:
    world.hub.ask("PATCH", "/admin/clients/123", {"companyName": "Fjellvann Rådgivning AS"})
    writer.post("/live", {"live": False})
    world.apply(notify={"emails": ["kari@fjell.example"]})
    refused = writer.post("/live", {"live": True})
    assert (refused.status, refused.json["type"]) == (409, "/api/docs#setup-does-not-work")
    parties = refused.json["check"]["parties"]
    assert parties["standing"] == "unsure"
    assert parties["client"] == {"name": "Fjellvann Rådgivning AS", "organisationNumber": "999999999"}
    other = writer.post("/parties/confirm", {"digest": "0123456789abcdef"})
    assert (other.status, other.json["type"]) == (409, "/api/docs#not-possible")
    confirmed = writer.post("/parties/confirm", {"digest": parties["digest"]})
    assert (confirmed.status, confirmed.json["parties"]["standing"]) == (200, "confirmed")
    assert writer.post("/live", {"live": True}).json["live"] is True
    [event] = [one for one in writer.get("/events").json["events"] if one["name"] == "parties_confirmed"]
    assert "Fjellvann Rådgivning AS" in str(event)
