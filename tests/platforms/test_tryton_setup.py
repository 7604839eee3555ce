"""What a person may write into the setup fields of Tryton, and what is said when it cannot be right."""

import pytest

from bilag.platforms.base import Said
from bilag.platforms.registry import platform_kinds
from bilag.platforms.tryton import PLATFORM
from bilag.platforms.tryton.setup import FIELDS, clean_base_url, clean_database, clean_key, clean_name, validate


def test_tryton_can_be_chosen() -> None:
    assert platform_kinds()["tryton"] is PLATFORM


def test_the_key_is_a_secret_and_every_field_speaks_both_languages() -> None:
    assert [field.name for field in FIELDS if field.kind == "secret"] == ["application_key"]
    for field in FIELDS:
        assert set(field.label) == set(field.help) == {"en", "nb"}
        assert field.label["en"] != field.label["nb"] or field.name in ("database", "journal")


def test_what_is_right_is_kept_without_blanks() -> None:
    assert clean_base_url(" https://tryton.example/ ")[0] == "https://tryton.example"
    assert clean_database(" fjord ")[0] == "fjord"
    assert clean_key(f" {'a1' * 64}\n")[0] == "a1" * 64
    assert clean_name("  Fjord   Arkitekter AS ")[0] == "Fjord Arkitekter AS"


@pytest.mark.parametrize(
    ("clean", "text", "says"),
    [
        (clean_base_url, "tryton.example", "without the database, such as https://tryton.example"),
        (clean_base_url, "http://tryton.example", "uses http"),
        (clean_database, "fjord/../secret", "letters, digits, - and _"),
        (clean_key, "too short", "128 letters and digits"),
    ],
)
def test_what_cannot_be_right_says_what_to_write(clean: object, text: str, says: str) -> None:
    assert callable(clean)
    with pytest.raises(ValueError, match=says) as wrong:
        clean(text)
    said = wrong.value.args[0]
    assert isinstance(said, Said)
    assert said.nb != str(said)


def test_a_refused_key_is_not_repeated() -> None:
    with pytest.raises(ValueError) as wrong:
        clean_key("half-of-a-key")
    assert "half-of-a-key" not in str(wrong.value)


def test_each_dimension_has_a_root_of_its_own() -> None:
    found = validate({"project_root": "Rot", "department_root": "Rot"})
    assert "Give each its own root" in found["department_root"]
    assert validate({"project_root": "Prosjekt", "department_root": "Avdeling"}) == {}
