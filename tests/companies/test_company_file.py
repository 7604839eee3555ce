"""What becomes of a company file: created, changed, kept with its origin, and its secrets hidden wherever one looks."""

import os
import re
from dataclasses import replace
from typing import Any

from bilag_sandbox import hub, moment
from tests.support.company_file_faults import CLIENT, END, MOMENT_KEY, NAME, PARENT, PASSWORD
from tests.support.desk import Desk, stored
from tests.support.paths import ROOT

DOCS = ROOT / "docs"
SECRETS = (moment.API_KEY, hub.PASSWORD, hub.API_KEY)
HUB_KEY = (PASSWORD, f'{PASSWORD}\napi_key = "{hub.API_KEY}"')
OWN_TABLES = ("companies_company", "companies_integrationsetup", "companies_setupchange")


def _shown(desk: Desk, slug: str = "fjell") -> Any:
    return desk.type("company", "show", slug, "--json").json


def _changes(desk: Desk) -> dict[str, tuple[Any, Any]]:
    """What the newest version of the setup changed: from what to what, by key."""
    shown = _shown(desk)
    return {one["field"]: (one["old"], one["new"]) for one in shown["changes"] if one["version"] == shown["version"]}


def test_company_is_created_live_and_its_webhook_address_told(office: Desk) -> None:
    answer = office.apply()
    assert answer.status == 0, answer.stderr
    assert answer.stdout == ""
    assert answer.said[0] == "fjell is created."
    assert re.search(
        r"^Fjell Arkitekter AS is switched on\. Bilag automatically transfers invoices finalised from \d+ \w+ \d{4}\.",
        answer.stderr,
        re.M,
    )
    assert answer.said[-1] == f"Webhook address for Moment: {_shown(office)['webhookUrl']}"
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/hooks/moment/[\w-]{43}", _shown(office)["webhookUrl"])


def test_apply_tells_as_json_what_it_did(office: Desk) -> None:
    told = office.type("company", "apply", str(office.write()), "--json").json
    assert (told["slug"], told["created"], told["live"], told["paused"]) == ("fjell", True, True, None)
    assert "platform.azets.password" in told["changed"]
    assert told["check"]["ok"] is True
    assert told["setup"]["dimensions"] == {"project": 2, "department": 1}
    again = office.type("company", "apply", str(office.write(("project = 2", "project = 3"))), "--json").json
    assert (again["created"], again["changed"], again["version"]) == (False, ["dimensions.project"], 2)


def test_f_in_front_of_the_client_id_is_taken_off_with_a_word_about_it(office: Desk) -> None:
    answer = office.apply((CLIENT, 'source_client_id = "F123"'))
    assert answer.status == 0, answer.stderr
    assert answer.said[0] == "platform.azets.source_client_id: the F was removed: Azets uses 123"
    assert _shown(office)["setup"]["platform"]["azets"]["source_client_id"] == "123"


def test_unit_that_cannot_tell_billability_is_remarked(desk: Desk) -> None:
    answer = desk.apply((END, f"{END}\n[expenses]\nbillability_dimension = 7"))
    assert answer.said[:2] == [
        "expenses.billability_dimension: can only be one of the units 1-6. With unit 7, every expense is ignored",
        "fjell is created.",
    ]


def test_numbers_without_quotes_are_taken_where_digits_are_text(office: Desk) -> None:
    bare = [('"4021"', "4021"), (CLIENT, "source_client_id = 123"), (END, f"{END}\n[rounding]\naccount = 7740")]
    assert office.apply(*bare).status == 0
    setup = _shown(office)["setup"]
    assert setup["moment"]["company_id"] == "4021"
    assert setup["platform"]["azets"]["source_client_id"] == "123"
    assert setup["rounding"] == {"account": "7740"}


def test_unit_zero_is_none(office: Desk) -> None:
    assert office.apply(("project = 2", "project = 0")).status == 0
    assert _shown(office)["setup"]["dimensions"] == {"department": 1}


def test_same_file_twice_changes_nothing(office: Desk) -> None:
    office.apply()
    before = stored()
    answer = office.apply()
    assert (answer.status, answer.said[0]) == (0, "fjell is unchanged.")
    after = stored()
    assert {table: after[table] for table in OWN_TABLES} == {table: before[table] for table in OWN_TABLES}
    assert _shown(office)["version"] == 1


def test_every_change_is_kept_with_time_and_origin(office: Desk) -> None:
    office.apply()
    first = _shown(office)["changes"]
    office.type("company", "apply", str(office.write(("project = 2", "project = 3"), name="new.toml")))
    assert _changes(office) == {"dimensions.project": (2, 3)}
    newest, *earlier = _shown(office)["changes"]
    assert newest["origin"] == "bilag company apply new.toml"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", newest["at"])
    assert earlier == first
    assert {change["origin"] for change in first} == {"bilag company apply fjell.toml"}


def test_name_and_language_are_kept_as_changes_too(office: Desk) -> None:
    office.apply()
    office.apply((NAME, 'name = "Fjell Interiør AS"\nlanguage = "en"'))
    assert _changes(office) == {
        "company.name": ("Fjell Arkitekter AS", "Fjell Interiør AS"),
        "company.language": ("nb", "en"),
    }


def test_key_that_is_taken_out_of_the_file_goes_back_to_its_default(office: Desk) -> None:
    office.apply((END, f"{END}\n[export]\ncustomers = false"))
    office.apply()
    assert _changes(office) == {"export.customers": (False, None)}


def test_changed_secret_is_kept_as_changed_only(office: Desk) -> None:
    office.apply()
    office.apply((PASSWORD, 'password = "other-password"'))
    assert _changes(office) == {"platform.azets.password": ("(secret)", "(secret)")}
    office.apply(HUB_KEY)
    assert _changes(office)["platform.azets.api_key"] == (None, "(secret)")
    office.apply()
    assert _changes(office) == {"platform.azets.api_key": ("(secret)", None)}


def test_secret_is_in_clear_nowhere(office: Desk) -> None:
    applied = office.type("company", "apply", str(office.write(HUB_KEY)), "--json")
    assert applied.status == 0, applied.stderr
    answers = [applied, office.apply(HUB_KEY), office.check()]
    for command in (["show", "fjell"], ["list"], ["check", "fjell"]):
        answers += [office.type("company", *command), office.type("company", *command, "--json")]
    rows = stored()
    places = {
        "answers": "".join(answer.stdout + answer.stderr for answer in answers),
        "database": "".join("".join(table) for table in rows.values()),
        "repr": _reprs(office),
    }
    assert "(secret)" in places["answers"]
    assert "fjell" in places["database"]
    assert [(secret, place) for place, text in places.items() for secret in SECRETS if secret in text] == []
    token = _shown(office)["webhookUrl"].rpartition("/")[2]
    assert token not in places["database"], "whoever has it may send hints"


def _reprs(desk: Desk) -> str:
    """How all that holds the secrets shows itself, as in a log or a traceback."""
    from bilag.companies import gateways, store
    from bilag.companies.file import read_company_file
    from bilag.companies.models import Company, IntegrationSetup, SetupChange

    setup = store.load_setup_by_slug("fjell")
    assert setup.moment.api_key == moment.API_KEY
    assert setup.platform["password"] == hub.PASSWORD
    held: list[object] = [setup, setup.moment, read_company_file(desk.write(HUB_KEY), os.environ)]
    held += [gateways.moment_for(setup), gateways.platform_for(setup)]
    held += [*Company.objects.all(), *IntegrationSetup.objects.all(), *SetupChange.objects.all()]
    return "".join(f"{one!r} {one}" for one in held)


def test_secret_comes_from_the_environment_or_from_a_file_beside_the_company_file(office: Desk) -> None:
    office.variables["FJELL_PASSWORD"] = hub.PASSWORD
    (office.folder / "keys").mkdir()
    (office.folder / "keys" / "moment.key").write_text(f"{moment.API_KEY}\n")
    taken = [(PASSWORD, 'password = "env:FJELL_PASSWORD"'), (MOMENT_KEY, 'api_key = "file:keys/moment.key"')]
    assert office.apply(*taken).status == 0
    assert office.apply().said[0] == "fjell is unchanged.", "the same secrets, written out"


def test_two_companies_on_one_company_of_moment_are_refused(office: Desk) -> None:
    office.apply()
    before = stored()
    answer = office.apply(('"fjell"', '"fjord"'), (CLIENT, 'source_client_id = "501"'))
    assert (answer.status, answer.stdout) == (2, "")
    assert answer.said == [
        f"Nothing was changed: company 4021 at {office.moment} already belongs to another company in Bilag, and its invoices "
        "would be posted twice. Give the id of another company in Moment."
    ]
    assert stored() == before


def test_two_companies_of_one_moment_stand_side_by_side(office: Desk) -> None:
    office.apply()
    office.apply(
        ('"fjell"', '"fjord"'), ('"4021"', '"4022"'), (NAME, 'name = "Fjord AS"'), (CLIENT, 'source_client_id = "501"')
    )
    listed = office.type("company", "list", "--json").json
    assert [(one["slug"], one["name"], one["platform"]) for one in listed] == [
        ("fjell", "Fjell Arkitekter AS", "azets"),
        ("fjord", "Fjord AS", "azets"),
    ]
    assert (listed[0]["paused"], listed[1]["paused"]["code"]) == (None, "moment_company_unknown")


def test_company_that_is_not_to_be_live_is_not(office: Desk) -> None:
    answer = office.apply((NAME, f"{NAME}\nlive = false"))
    assert answer.status == 0
    assert (
        "Fjell Arkitekter AS is switched off: nothing is transferred. Its company file has live = false." in answer.said
    )
    assert _shown(office)["live"] is False


def test_parent_is_written_with_a_capital_s(office: Desk) -> None:
    answer = office.apply((PARENT, f'parent_client_id = "{hub.PARENT.lower()}"'))
    assert (answer.status, answer.said[0]) == (0, "platform.azets.parent_client_id: written with a capital S")


def test_example_of_the_reference_is_true(office: Desk) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (DOCS / "company-file.md").read_text(encoding="utf-8"), re.S)
    office.variables |= {"FJELL_MOMENT_KEY": moment.API_KEY, "FJELL_AZETS_PASSWORD": hub.PASSWORD}
    addresses = [("https://app.moment.team", office.moment), ("https://hub.example/v1", f"{office.hub}/v1")]
    answer = office.type("company", "apply", str(office.write(*addresses, text=example)), "--json")
    assert answer.status == 0, answer.stderr
    other = [step["name"] for step in answer.json["check"]["steps"] if step["standing"] != "ok"]
    assert other == []
    assert (answer.json["slug"], answer.json["live"]) == ("fjell", True)


def test_reference_names_every_key_and_no_other() -> None:
    from bilag.companies.fields import SECTIONS
    from bilag.platforms.registry import platform_kinds

    known = {f"{section}.{key}" for section, keys in SECTIONS.items() for key in keys} | {"platform.kind"}
    for kind in platform_kinds().values():
        known |= {f"platform.{kind.name}.{field.name}" for field in kind.fields}
    text = (DOCS / "company-file.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_.]+)`", text, re.M)) == known


def test_reference_tells_the_true_defaults(desk: Desk) -> None:
    from bilag.companies import store

    text = (DOCS / "company-file.md").read_text(encoding="utf-8")
    defaults = re.findall(r"^\| `([a-z]+)\.([a-z_]+)` \| [^|`]+, `([^`]+)` \|", text, re.M)
    assert len(defaults) > 15
    sections: dict[str, str] = {}
    for section, key, default in defaults:
        is_text = default.startswith("{") or (default.isalpha() and default not in ("true", "false"))
        value = f'"{default}"' if is_text else default
        sections[section] = sections.get(section, "") + f"\n{key} = {value}"
    desk.apply()
    bare = store.load_setup_by_slug("fjell")
    company = (NAME, NAME + sections.pop("company"))
    desk.apply(company, (END, END + "".join(f"\n[{name}]{lines}" for name, lines in sections.items())))
    written_out = store.load_setup_by_slug("fjell")
    assert written_out.version == 2
    assert replace(written_out, version=1) == bare
