"""What the setup fields take, take off, and refuse with a sentence that helps."""

import pytest

from bilag.platforms.azets import PLATFORM
from bilag.platforms.registry import platform_kinds

FIELDS = {field.name: field for field in PLATFORM.fields}


def cleaned(name: str, text: str) -> tuple[str, str | None]:
    clean = FIELDS[name].clean
    assert clean is not None
    return clean(text)


def test_azets_is_found_by_its_folder() -> None:
    assert platform_kinds()["azets"] is PLATFORM


def test_every_field_is_told_in_both_languages() -> None:
    for field in PLATFORM.fields:
        for texts in (field.label, field.help):
            assert {"en", "nb"} <= set(texts)
            assert all(texts.values())
    assert "do not include the F" in FIELDS["source_client_id"].label["en"]
    assert "starts with S" in FIELDS["parent_client_id"].label["en"]


def test_secrets_are_secrets() -> None:
    assert {name for name, field in FIELDS.items() if field.kind == "secret"} == {"password", "api_key"}


@pytest.mark.parametrize(("given", "kept"), [("123", "123"), (" 0123 ", "0123"), ("F0123", "0123"), ("f 123", "123")])
def test_the_f_is_taken_off_with_a_word_about_it(given: str, kept: str) -> None:
    number, remark = cleaned("source_client_id", given)
    assert number == kept
    assert (remark is not None) == given.upper().startswith("F")


@pytest.mark.parametrize("given", ["", "F", "FF123", "12a", "123456789", "S2041", "١٢٣"])
def test_a_client_id_is_digits(given: str) -> None:
    with pytest.raises(ValueError, match="without the F"):
        cleaned("source_client_id", given)


def test_a_parent_starts_with_s() -> None:
    assert cleaned("parent_client_id", " S2041 ") == ("S2041", None)
    assert cleaned("parent_client_id", "s2041")[0] == "S2041"
    for given in ("2041", "S", "SX", "", "S 2041", "S123456789012"):
        with pytest.raises(ValueError, match="S followed by digits"):
            cleaned("parent_client_id", given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://hub.example/v1/", "https://hub.example/v1"),
        (" https://hub.example:8443/v1 ", "https://hub.example:8443/v1"),
        ("http://127.0.0.1:8130/v1", "http://127.0.0.1:8130/v1"),
        ("http://localhost:8130/v1", "http://localhost:8130/v1"),
        ("http://[::1]:8130/v1", "http://[::1]:8130/v1"),
    ],
)
def test_addresses(given: str, kept: str) -> None:
    assert cleaned("base_url", given) == (kept, None)


@pytest.mark.parametrize(
    "given",
    ["hub.example/v1", "ftp://hub.example", "https://", "https://hub.example/v1?x=1", "https://h:x/", "https://[v1"],
)
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        cleaned("base_url", given)


def test_plain_http_goes_only_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BILAG_ALLOW_HTTP", raising=False)
    for given in ("http://hub.example/v1", "http://10.0.0.5/v1", "http://localhost.example/v1"):
        with pytest.raises(ValueError, match="uses http"):
            cleaned("base_url", given)
    monkeypatch.setenv("BILAG_ALLOW_HTTP", "1")
    assert cleaned("base_url", "http://hub.example/v1")[0] == "http://hub.example/v1"


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    for given in ("https://kari:hemmelig@hub.example/v1", "https://kari:hemmelig@hub.example/v1?x"):
        with pytest.raises(ValueError, match=r"address|username") as caught:
            cleaned("base_url", given)
        assert "hemmelig" not in str(caught.value)


def test_a_key_that_cannot_be_one_is_refused_and_not_repeated() -> None:
    assert cleaned("api_key", " abc-123 \n") == ("abc-123", None)
    for given in ("nøkkel-1", "two words", "a\nb"):
        with pytest.raises(ValueError, match="Copy the key") as caught:
            cleaned("api_key", given)
        assert given not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"username": "u", "password": "p"}, set()),
        ({"api_key": "k"}, set()),
        ({"username": "u", "password": "p", "api_key": "k"}, set()),
        ({}, {"username"}),
        ({"username": "u"}, {"password"}),
        ({"password": "p", "api_key": "k"}, {"username"}),
    ],
)
def test_a_user_name_with_password_or_a_key(values: dict[str, str], wrong: set[str]) -> None:
    assert set(PLATFORM.validate(values)) == wrong
