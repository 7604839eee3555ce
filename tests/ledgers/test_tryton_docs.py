"""docs/tryton.md is true: its company file is applied, and its commands run, against a real Tryton."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bilag_sandbox import moment
from bilag_sandbox.common import running
from tests.support.desk import Desk
from tests.support.paths import ROOT
from tests.support.tryton.office import Office

PAGE = (ROOT / "docs" / "tryton.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(database: None, quiet_logs: None, office: Office, tmp_path: Path) -> Iterator[Desk]:
    with running(moment.app(sample="drafts")) as address:
        variables: dict[str, str | None] = {"FJORD_MOMENT_KEY": moment.API_KEY, "FJORD_TRYTON_KEY": office.key}
        yield Desk(tmp_path, address, office.ledger.address, variables)


def test_the_company_file_of_the_page_is_applied_and_checked(desk: Desk, office: Office) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    changes = [
        ("https://app.moment.team", desk.moment),
        ("https://tryton.example", desk.hub),
        ('database = "fjord"', f'database = "{office.ledger.database}"'),
    ]
    desk.write(*changes, text=example, name="fjord.toml")
    commands = [line.split()[1:] for line in re.findall(r"```sh\n(.*?)```", PAGE, re.S)[0].splitlines() if line.strip()]
    assert [command[:2] for command in commands] == [["company", "apply"], ["company", "check"]]
    for command in commands:
        answer = desk.type(*[str(desk.folder / word) if word.endswith(".toml") else word for word in command])
        assert answer.status == 0, answer.stdout + answer.stderr
        assert "Fjord Arkitekter AS, i" in answer.stdout + answer.stderr
        assert office.key not in answer.stdout + answer.stderr


def test_every_file_that_the_page_names_is_there_and_no_other() -> None:
    folder = ROOT / "src" / "bilag" / "platforms" / "tryton"
    table = PAGE.split("## Files")[1].split("##")[0]
    assert set(re.findall(r"`(\w+\.py)`", table)) == {file.name for file in folder.glob("*.py")} - {"__init__.py"}
