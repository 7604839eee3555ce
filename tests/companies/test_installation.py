"""What the operator gives once for all companies: environment variables, never shown, and told when they are missing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.platforms.base import Connection, FieldKind, SetupField
from bilag.platforms.installation import installation_values, variable_of
from bilag.platforms.registry import platform_kinds
from bilag.service.doctor import ERROR, OK, Finding, installation_findings, installations_in_use
from bilag.service.environment import Environment
from bilag.wire.errors import Misconfigured
from tests.support.desk import Desk

SECRET = "hemmelig-nokkel-til-integratoren"


def clean(text: str) -> tuple[str, str | None]:
    if " " in text:
        raise ValueError("has blanks")
    return text.upper(), None


FIELDS = (
    SetupField("app_key", {"en": "Key", "nb": "Nøkkel"}, {}, kind=FieldKind.SECRET, required=True, clean=clean),
    SetupField("area", {"en": "Area", "nb": "Område"}, {}, default="demo"),
)
KIND = replace(platform_kinds()["azets"], installation_fields=FIELDS)
OPENED: list[Connection] = []


@pytest.fixture
def with_fields(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Azets as a platform that needs a key of the installation."""

    def opened(connection: Connection) -> object:
        OPENED.append(connection)
        return KIND.open(connection)

    monkeypatch.setitem(platform_kinds(), "azets", replace(KIND, open=opened))
    OPENED.clear()
    yield
    OPENED.clear()


def test_fields_are_variables_of_the_environment_or_files_that_they_name(tmp_path: Path) -> None:
    assert [variable_of(KIND, field) for field in FIELDS] == ["BILAG_AZETS_APP_KEY", "BILAG_AZETS_AREA"]
    assert installation_values(KIND, {"BILAG_AZETS_APP_KEY": "abc"}) == {"app_key": "ABC", "area": "demo"}
    file = tmp_path / "key"
    file.write_text("abc\n")
    values = installation_values(KIND, {"BILAG_AZETS_APP_KEY_FILE": str(file), "BILAG_AZETS_AREA": "prod"})
    assert values == {"app_key": "ABC", "area": "prod"}


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, "installation_field_missing"),
        ({"BILAG_AZETS_APP_KEY": "  "}, "installation_field_missing"),
        ({"BILAG_AZETS_APP_KEY": f"{SECRET} x"}, "installation_field_wrong"),
        ({"BILAG_AZETS_APP_KEY_FILE": "/nowhere/at/all"}, "installation_field_wrong"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_not_shown(variables: dict[str, str], code: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        installation_values(KIND, variables)
    [problem] = caught.value.problems
    assert (problem.code, problem.facts["variable"]) == (code, "BILAG_AZETS_APP_KEY")
    assert SECRET not in repr(caught.value.problems)
    assert SECRET not in repr(Connection({}, installation={"app_key": SECRET}))


def test_a_company_is_told_what_the_operator_must_give_and_works_when_it_is_given(
    office: Desk, with_fields: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = office.type("company", "apply", str(office.write()), "--json")
    steps = {step["name"]: step for step in refused.json["check"]["steps"]}
    [problem] = steps["signed_in"]["problems"]
    assert problem["code"] == "installation_field_missing"
    assert "BILAG_AZETS_APP_KEY" in problem["remedy"]
    assert OPENED == []
    monkeypatch.setenv("BILAG_AZETS_APP_KEY", SECRET)
    checked = office.type("company", "check", "fjell", "--json")
    assert {step["name"]: step["standing"] for step in checked.json["steps"]}["signed_in"] == "ok"
    assert OPENED[-1].installation["app_key"] == SECRET.upper()
    assert SECRET.upper() not in checked.stdout + checked.stderr


def test_doctor_tells_the_operator_what_is_missing(
    office: Desk, with_fields: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(variables: dict[str, str]) -> list[Finding]:
        environment = Environment(variables)
        both = [*installation_findings(environment), *installations_in_use(environment)]
        return [one for one in both if one.name == KIND.label]

    [idle] = found({})
    assert (idle.state, idle.remedy) == (OK, "If one is to, set BILAG_AZETS_APP_KEY.")
    [half] = found({"BILAG_AZETS_AREA": "prod"})
    assert (half.state, half.remedy) == (
        ERROR,
        "Set BILAG_AZETS_APP_KEY, and start Bilag again.",
    )
    [good] = found({"BILAG_AZETS_APP_KEY": SECRET})
    assert good.state == OK
    assert SECRET not in repr([idle, half, good])
    office.type("company", "apply", str(office.write()))
    assert [one.state for one in found({})] == [OK, ERROR]
