"""Every fault that a person can make in a company file is told with the key's full name and the cure; nothing changes."""

from pathlib import Path

import pytest

from bilag_sandbox import hub, moment
from tests.support.company_file_faults import (
    MISSING,
    MISSING_OF_AZETS,
    MOMENT_KEY,
    NAMED_WRONGLY,
    PARENT,
    PASSWORD,
    TOGETHER,
    WRONG,
    Fault,
)
from tests.support.desk import COMPANY, Desk, stored

NOTHING = "Nothing was changed:"


@pytest.fixture
def settled(desk: Desk) -> Desk:
    """A desk at which the company is set up already."""
    answer = desk.apply()
    assert answer.said[0] == "fjell is created."
    return desk


def _refused(desk: Desk, file: Path) -> list[str]:
    """What is said of the file; asserts the exit status, and that nothing is changed and no secret told."""
    before = stored()
    answer = desk.type("company", "apply", str(file), "--json")
    assert (answer.status, answer.stdout) == (2, ""), answer.stderr
    assert answer.said[0] == NOTHING
    assert stored() == before
    assert hub.PASSWORD not in answer.stderr
    assert moment.API_KEY not in answer.stderr
    return answer.said[1:]


def _each_is_told(desk: Desk, faults: tuple[Fault, ...]) -> None:
    said = {fault.new: _refused(desk, desk.write((fault.old, fault.new))) for fault in faults}
    assert said == {fault.new: list(fault.told) for fault in faults}


def test_key_and_section_that_there_are_not_are_told_with_the_likeliest_one(settled: Desk) -> None:
    _each_is_told(settled, NAMED_WRONGLY)


def test_what_is_missing_is_told_with_what_to_give(settled: Desk) -> None:
    _each_is_told(settled, MISSING + MISSING_OF_AZETS)


def test_wrong_value_is_told_with_what_to_write_instead(settled: Desk) -> None:
    _each_is_told(settled, WRONG)


def test_what_cannot_go_together_is_told(settled: Desk) -> None:
    _each_is_told(settled, TOGETHER)


def test_parent_without_s_is_refused(settled: Desk) -> None:
    fault = "platform.azets.parent_client_id is '2041'. Give S followed by digits, such as S100."
    assert _refused(settled, settled.write((PARENT, 'parent_client_id = "2041"'))) == [fault]
    assert _refused(settled, settled.write((PARENT, "parent_client_id = 2041"))) == [fault]


def test_secret_of_a_variable_that_is_not_set_names_the_variable(settled: Desk) -> None:
    said = _refused(
        settled, settled.write((MOMENT_KEY, 'api_key = "env:FJELL_KEY"'), (PASSWORD, 'password = "env:FJELL_WORD"'))
    )
    assert [sentence.split(". ")[0].rstrip(".") for sentence in said] == [
        "platform.azets.password refers to the environment variable FJELL_WORD, which is not set",
        "moment.api_key refers to the environment variable FJELL_KEY, which is not set",
    ]


def test_secret_of_a_file_that_cannot_be_read_names_the_file(settled: Desk) -> None:
    (settled.folder / "much").write_text("x" * 10_001)
    (settled.folder / "picture").write_bytes(b"\x89PNG\xff")
    why = {
        "no-such.key": "No such file or directory",
        ".": "Is a directory",
        "much": "too large for a secret",
        "picture": "it is not text",
    }
    for name, reason in why.items():
        (said,) = _refused(settled, settled.write((MOMENT_KEY, f'api_key = "file:{name}"')))
        read = f"moment.api_key refers to {settled.folder / name}, which cannot be read ({reason})"
        assert said.startswith(read)


def test_all_faults_are_told_at_once(settled: Desk) -> None:
    picked = [*NAMED_WRONGLY[:2], *WRONG[9:11], MISSING_OF_AZETS[1], TOGETHER[5]]
    said = _refused(settled, settled.write(*((fault.old, fault.new) for fault in picked)))
    assert sorted(said) == sorted(sentence for fault in picked for sentence in fault.told)


def test_file_that_is_no_company_file_is_refused_with_its_name(settled: Desk) -> None:
    files = {
        "words.toml": ("Kjære regnskap".encode(), "is not TOML: "),
        "half.toml": (COMPANY.encode()[:40], "is not TOML: "),
        "twice.toml": (COMPANY.encode() * 2, "is not TOML: "),
        "binary.toml": (bytes(range(256)), "is not UTF-8 text"),
        "utf16.toml": (COMPANY.encode("utf-16"), "is not UTF-8 text"),
        "huge.toml": (b"#" * (1024 * 1024 + 1), "is larger than 1 MB, so it is not a company file"),
    }
    for name, (content, reason) in files.items():
        file = settled.folder / name
        file.write_bytes(content)
        (said,) = _refused(settled, file)
        assert said.startswith(f"{file} {reason}")


def test_day_that_no_calendar_has_is_told_with_its_line(settled: Desk) -> None:
    file = settled.write(text="[export]\ninvoices_from = 2026-11-31\n", name="no-day.toml")
    (said,) = _refused(settled, file)
    assert said.startswith(f"{file} is not TOML: ")
    assert "(at line 2," in said


def test_directory_and_missing_file_are_refused_with_their_name(settled: Desk) -> None:
    missing = settled.folder / "missing.toml"
    assert _refused(settled, settled.folder) == [f"{settled.folder} cannot be read: Is a directory."]
    assert _refused(settled, missing) == [f"{missing} cannot be read: No such file or directory."]


def test_empty_file_is_told_all_that_it_needs(settled: Desk) -> None:
    needed = [sentence for fault in MISSING for sentence in fault.told]
    assert _refused(settled, settled.write(text="", name="empty.toml")) == needed


def test_refused_file_of_a_new_company_makes_no_company(desk: Desk) -> None:
    assert _refused(desk, desk.write(("project = 2", "project = 13"))) == [
        "dimensions.project is 13. Give a whole number from 1 to 12."
    ]
    assert stored()["companies_company"] == []
