"""Odd company files: none ends in a traceback, and none makes a company that is not what the file says.

What is marked as an expected failure is a fault of Bilag that is known; the mark goes when the fault is mended.
"""

import os

import pytest

from bilag_sandbox import hub, moment
from tests.support.company_file_faults import END, HUB_URL, MOMENT_KEY, MOMENT_URL, NAME, PASSWORD
from tests.support.desk import COMPANY, Desk, stored

NOTHING = "Nothing was changed:"


def _refused(desk: Desk, *changes: tuple[str, str]) -> list[str]:
    """What is said of a file that is refused; asserts that nothing is changed."""
    before = stored()
    answer = desk.apply(*changes)
    assert (answer.status, answer.said[:1]) == (2, [NOTHING]), answer.stderr
    assert stored() == before
    return answer.said[1:]


def test_line_ends_of_windows_are_taken(office: Desk) -> None:
    file = office.write()
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert office.type("company", "apply", str(file)).status == 0


def test_path_to_nowhere_is_refused(desk: Desk) -> None:
    answer = desk.type("company", "apply", "/dev/null")
    assert (answer.status, answer.said[0]) == (2, NOTHING)


def test_signs_of_every_language_are_kept(office: Desk) -> None:
    name = "Ærlig & Søn «Ås» 建築 🏔"
    assert office.apply((NAME, f'name = "{name}"')).status == 0
    assert office.type("company", "show", "fjell", "--json").json["name"] == name


def test_markup_in_a_name_is_shown_as_it_is(office: Desk) -> None:
    """Now every table takes it for markup: a name such as `Fjell [AS]` loses a part, `[/]` ends in a MarkupError."""
    assert office.apply((NAME, 'name = "[red]Fjell[/red] [/]"')).status == 0
    assert "[red]Fjell[/red] [/]" in office.type("company", "list").stdout
    assert "[red]Fjell[/red] [/]" in office.type("company", "show", "fjell").stdout


@pytest.mark.parametrize("value", ["env:FJELL_EMPTY", "file:empty.key"])
def test_empty_secret_of_moment_is_refused(desk: Desk, value: str) -> None:
    """Now the company is made without a key."""
    desk.variables["FJELL_EMPTY"] = ""
    (desk.folder / "empty.key").write_text("\n")
    (said,) = _refused(desk, (MOMENT_KEY, f'api_key = "{value}"'))
    assert said.startswith("moment.api_key refers to ")
    assert "empty" in said


@pytest.mark.parametrize("value", ["env:", "file:"])
def test_secret_that_names_nothing_is_refused(desk: Desk, value: str) -> None:
    """Now `env:` itself is the key."""
    (said,) = _refused(desk, (MOMENT_KEY, f'api_key = "{value}"'))
    assert said.startswith("moment.api_key is ")


def test_secret_from_elsewhere_is_held_to_the_rules_of_its_key(desk: Desk) -> None:
    """Now its length is looked at only where it stands in the file itself."""
    desk.variables["FJELL_LONG"] = "x" * 501
    assert _refused(desk, (MOMENT_KEY, 'api_key = "env:FJELL_LONG"')) == [
        "moment.api_key is longer than 500 characters."
    ]


@pytest.mark.parametrize("path", ["~nobody-has-this-name/key", "a\\u0000b"])
def test_path_that_no_file_can_have_is_refused(desk: Desk, path: str) -> None:
    """Now it ends in a RuntimeError or a ValueError."""
    (said,) = _refused(desk, (MOMENT_KEY, f'api_key = "file:{path}"'))
    assert said.startswith("moment.api_key ")


def test_cure_of_a_secret_that_is_not_there_is_told(desk: Desk) -> None:
    """Now what is wrong is told, and not what to do."""
    said = _refused(desk, (MOMENT_KEY, 'api_key = "env:NOT_SET"'), (PASSWORD, 'password = "file:no.key"'))
    assert [len(sentence.rstrip(".").split(". ")) for sentence in said] == [2, 2], "what is wrong, and the cure"


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("company.name", (NAME, 'name = "Fjell\\u0000"')),
        ("platform.azets.voucher_series", (PASSWORD, f'{PASSWORD}\nvoucher_series = "\\u0000"')),
        ("export.customer_states", (END, f'{END}\n[export]\ncustomer_states = ["a\\u0000"]')),
    ],
)
def test_sign_that_cannot_be_stored_is_refused(desk: Desk, key: str, change: tuple[str, str]) -> None:
    """Now it ends in a DataError of PostgreSQL."""
    (said,) = _refused(desk, change)
    assert said.startswith(f"{key} ")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000 + "]" * 5000], ids=["number", "brackets"])
def test_value_without_end_is_refused(desk: Desk, value: str) -> None:
    """Now it ends in a ValueError or a RecursionError."""
    (said,) = _refused(desk, (END, f"{END}\n[rounding]\naccount = {value}"))
    assert "fjell.toml contains a number or a list that is too long" in said


def test_file_of_windows_notepad_is_taken(office: Desk) -> None:
    """Now its first bytes (a byte order mark) are "not TOML … at line 1, column 1", where nobody sees anything."""
    file = office.write()
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert office.type("company", "apply", str(file)).status == 0


def test_file_whose_name_is_not_utf8_is_taken(office: Desk) -> None:
    """Now it ends in a UnicodeEncodeError."""
    file = os.fsencode(office.folder) + b"/fjell-\xe5.toml"
    with open(file, "wb") as written:
        written.write(office.write().read_bytes())
    assert office.type("company", "apply", os.fsdecode(file)).status == 0


def test_address_with_broken_brackets_is_told_with_its_cure(desk: Desk) -> None:
    """Now it is "moment.base_url Invalid IPv6 URL."."""
    (said,) = _refused(desk, (MOMENT_URL, 'base_url = "https://[app"'))
    assert "Give an address such as https://app.moment.team" in said


def test_password_in_an_address_is_not_told(desk: Desk) -> None:
    """Now the whole address is, as Azets' own is not."""
    (azets,) = _refused(desk, (HUB_URL, f'base_url = "https://kari:{hub.PASSWORD}@hub.example/v1"'))
    assert hub.PASSWORD not in azets
    (said,) = _refused(desk, (MOMENT_URL, f'base_url = "https://kari:{hub.PASSWORD}@app.moment.team"'))
    assert hub.PASSWORD not in said


def test_key_that_is_like_no_other_is_told_with_all_there_are(desk: Desk) -> None:
    """Now the section's name alone makes it like another: `rounding.konto`, `platform.azets.export`."""
    (said,) = _refused(desk, (END, f"{END}\n[rounding]\nkonto = 7740"))
    assert said == "rounding.konto is not a key of a company file. Known keys: rounding.account."


def test_list_of_addresses_is_told_with_an_address_as_example(desk: Desk) -> None:
    """Now the example is `["active"]`."""
    (said,) = _refused(desk, (END, f'{END}\n[notify]\nusers = "kari@fjell.example"'))
    assert said == 'notify.users must be a list of texts, such as ["name@company.no"].'


@pytest.mark.parametrize("given", ["2026-11-01T00:00:00Z", "1979-05-27"])
def test_value_is_told_as_it_was_written(desk: Desk, given: str) -> None:
    """Now it is `datetime.datetime(2026, 11, 1, 0, 0, tzinfo=…)`."""
    key = "invoices_from" if "T" in given else "invoices_from = 2026-11-01\ncustomers"
    (said,) = _refused(desk, (END, f"{END}\n[export]\n{key} = {given}"))
    assert "datetime" not in said


def test_same_moment_in_capital_letters_is_the_same_moment(office: Desk) -> None:
    """Now two companies of Bilag would post each of its invoices."""
    office.moment = office.moment.replace("127.0.0.1", "localhost")
    office.apply()
    before = stored()
    shouted = office.moment.replace("http://localhost", "HTTP://LOCALHOST")
    answer = office.apply(('"fjell"', '"fjord"'), (MOMENT_URL, f'base_url = "{shouted}"'))
    assert answer.status == 2
    assert "belongs to another company in Bilag" in answer.stderr
    assert stored() == before


def test_going_live_and_back_is_kept_as_a_change(office: Desk) -> None:
    """Now no change is kept, and the company is said to be "unchanged"."""
    office.apply()
    office.type("company", "apply", str(office.write((NAME, f"{NAME}\nlive = false"), name="stop.toml")))
    newest = office.type("company", "show", "fjell", "--json").json["changes"][0]
    assert (newest["field"], newest["old"], newest["new"]) == ("company.live", True, False)
    assert newest["origin"] == "bilag company apply stop.toml"


def test_mismatch_is_listed_with_the_name_of_the_account(office: Desk) -> None:
    """Now an account that accounting does not have, and one whose VAT code does not fit, are told without name."""
    office.apply()
    office.ask("hub", "PUT", "/admin/clients/123/vat-codes/52", {"active": False})
    account = {"accountNumber": "3999", "name": "Ny konto", "externalTaxCode": "3", "financialAccountCategory": "sales"}
    office.ask("moment", "POST", "/admin/financialAccounts", account)
    said = office.check().said
    assert [line for line in said if "3999" in line and "Ny konto" in line] != []
    assert [line for line in said if "VAT code 52" in line and "3105" in line] != []


def test_wrong_path_of_the_hub_is_told_as_a_wrong_address(office: Desk) -> None:
    """Now it is "Something stopped it that Bilag has no explanation for yet (code not_found)"."""
    answer = office.apply((HUB_URL, 'base_url = "http://hub.invalid/v2"'))
    assert answer.status != 0
    assert "check the address of the integration platform in the setup" in answer.stderr


def test_chart_that_cannot_be_read_is_not_told_as_signing_in(office: Desk) -> None:
    """Now the step that fails is "signed in", which went well."""
    office.apply()
    office.ask("hub", "POST", "/admin/faults", {"kind": "unavailable", "times": None, "operation": "listAccounts"})
    steps = office.steps()
    assert steps["signed_in"]["standing"] == "ok"
    assert [name for name, step in steps.items() if step["standing"] == "failed"] == ["chart"]


def test_base_file_is_applied_with_the_secrets_of_the_sandboxes(office: Desk) -> None:
    """So that what is refused above is refused for its own fault."""
    assert moment.API_KEY in COMPANY
    assert office.apply().status == 0
