"""`bilag company check` and the check of `apply`: every step, every mismatch by number, every cure; nothing is sent."""

from typing import Any

import pytest

from tests.support.company_file_faults import CLIENT, END, HUB_URL, MOMENT_KEY, MOMENT_URL, PARENT, PASSWORD
from tests.support.desk import Desk, nowhere, stored

NOTIFIED = (END, f'{END}\n[notify]\nemails = ["regnskap@byra.example"]')
STEPS = ["moment", "signed_in", "client_found", "chart", "units", "periods", "who", "accounts", "numbers", "notified"]
ENTER_AGAIN = (
    "Enter them again in the setup. If they are correct, ask your contact at Azets whether they have been revoked."
)
OTHER_WORDS = "Message from the accounting system: "
WRONG_SETUPS: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "wrong password": (
        (PASSWORD, 'password = "wrong"'),
        "signed_in",
        "invalid_credentials",
        f'Azets does not accept the username, password or API key. {OTHER_WORDS}"Not accepted." {ENTER_AGAIN}',
    ),
    "unknown client": (
        (CLIENT, 'source_client_id = "999"'),
        "client_found",
        "client_unknown",
        f'Client 999 was not found at Azets. {OTHER_WORDS}"Client 999 does not exist." Check the source client id in the setup. '
        "If it is correct, ask Azets whether the client is set up for the integration.",
    ),
    "client of another parent": (
        (PARENT, 'parent_client_id = "S999"'),
        "client_found",
        "client_not_under_parent",
        f"The client 123 does not belong to the parent client S999 at Azets. {OTHER_WORDS}"
        '"Client 123 does not belong to parent S999." Check the source client id and the parent client id '
        "in the setup. Azets can tell you which ids belong together.",
    ),
    "wrong key of Moment": (
        (MOMENT_KEY, 'api_key = "wrong"'),
        "moment",
        "moment_credentials",
        "Moment does not accept the API key. Message from Moment: "
        '"Unauthorized" Create a new API key in Moment and enter it in the setup. A key is valid for at most two years.',
    ),
    "unknown company of Moment": (
        ('company_id = "4021"', 'company_id = "4022"'),
        "moment",
        "moment_company_unknown",
        "The company was not found in Moment, or the API key belongs to another company. Correct the company id of Moment in the "
        "setup, or create an API key in the right company.",
    ),
    "unit that is not in use": (
        ("project = 2", "project = 5"),
        "units",
        "org_unit_not_used",
        "Organisational unit 5 (Ansvarsenhet 5) is not in use in the accounting system. Select another unit for projects or "
        "departments in the setup, or ask the accountant to activate the unit in the accounting system.",
    ),
}


def _standings(steps: dict[str, Any]) -> dict[str, str]:
    return {name: step["standing"] for name, step in steps.items()}


def _sent(desk: Desk) -> dict[str, int]:
    """What the hub has of the company that Bilag could have sent."""
    (client,) = [one for one in desk.ask("hub", "GET", "/admin/state")["clients"] if one["id"] == "123"]
    return {kind: client["counts"][kind] for kind in ("customer", "unit_value", "batch", "voucher")}


def _account(desk: Desk, number: str, **changes: Any) -> None:
    desk.ask("hub", "PUT", f"/admin/clients/123/accounts/{number}", changes)


def _new_in_moment(desk: Desk, number: str, name: str, vat_code: str, rate: int | None = None) -> None:
    account = {"accountNumber": number, "name": name, "externalTaxCode": vat_code, "financialAccountCategory": "sales"}
    if rate is not None:
        account["currentVatPercentage"] = rate  # type: ignore[assignment]
    desk.ask("moment", "POST", "/admin/financialAccounts", account)


def test_every_step_says_what_was_found(office: Desk) -> None:
    office.apply(NOTIFIED)
    answer = office.check()
    assert (answer.status, answer.stdout) == (0, "")
    assert list(office.steps()) == STEPS
    (periods,) = [line for line in answer.said if line.startswith("ok  Periods: ")]
    assert [line for line in answer.said if line not in ("", periods)] == [
        "ok  Moment: Connected to Moment",
        "ok  Sign-in: Signed in to Azets",
        "ok  Client: Fjell Arkitekter AS on VismaBusiness",
        "ok  Accounts and VAT codes: 80 accounts and 11 VAT codes in use",
        "ok  Dimensions: project: unit 2 Prosjekt; department: unit 1 Avdeling",
        "ok  Parties: Moment: does not say; Bilag: Fjell Arkitekter AS; client: Fjell Arkitekter AS (999999999)",
        "ok  Accounts in Moment: 9 accounts in Moment match the accounting system",
        "ok  Project numbers: 60 project numbers can be used in unit 2",
        "ok  Notifications: recipients: 1",
    ]


def test_check_changes_nothing_on_any_side(office: Desk) -> None:
    office.apply()
    before, sent = stored(), _sent(office)
    office.check()
    assert stored() == before
    assert _sent(office) == sent


@pytest.mark.parametrize("name", WRONG_SETUPS)
def test_setup_that_cannot_work_is_told_with_its_cure_before_anything_is_sent(office: Desk, name: str) -> None:
    change, step, code, told = WRONG_SETUPS[name]
    sent = _sent(office)
    applied = office.apply(change)
    assert applied.status == 1
    assert told in applied.said
    assert f"Fjell Arkitekter AS is paused. {told}" in applied.said
    checked = office.check()
    assert (checked.status, told in checked.said) == (1, True)
    found = office.steps()[step]
    assert (found["standing"], [problem["code"] for problem in found["problems"]]) == ("failed", [code])
    assert office.type("company", "show", "fjell", "--json").json["paused"]["code"] == code
    rows = stored()
    assert rows["transfers_transfer"] == []
    assert [row for row in rows["procrastinate_jobs"] if "transfers.probe" not in row] == [], "only checked again later"
    assert _sent(office) == sent


def test_mended_setup_goes_live_when_it_is_applied(office: Desk) -> None:
    office.apply((PASSWORD, 'password = "wrong"'))
    answer = office.apply()
    assert answer.status == 0
    assert office.type("company", "show", "fjell", "--json").json["paused"] is None
    assert any("transfers.poll" in row for row in stored()["procrastinate_jobs"]), (
        "what happened meanwhile is asked for"
    )


def test_check_of_a_paused_company_leaves_it_paused(office: Desk) -> None:
    office.apply()
    office.ask("moment", "PUT", "/admin/settings", {"keyState": "expired"})
    assert office.apply().status == 1
    office.ask("moment", "PUT", "/admin/settings", {"keyState": "valid"})
    assert office.check().status == 0
    assert office.type("company", "show", "fjell", "--json").json["paused"]["code"] == "moment_credentials"


def test_mismatch_of_accounts_and_vat_codes_is_listed_by_number(office: Desk) -> None:
    office.apply(NOTIFIED)
    _account(office, "3010", active=False)
    _account(office, "3050", vatCodesAllowed=["3"])
    _account(office, "3100", postable=False)
    office.ask("hub", "PUT", "/admin/clients/123/vat-codes/52", {"active": False})
    _new_in_moment(office, "3999", "Ny konto", "3", 25)
    _new_in_moment(office, "3900", "Diverse", "77")
    _new_in_moment(office, "3000", "Befaring", "3", 15)
    _new_in_moment(office, "3000", "Innkjøp", "1", 25)
    answer = office.check()
    assert answer.status == 0, "some invoices can go: it stops those that it meets"
    step = office.steps()["accounts"]
    assert (step["standing"], step["detail"]) == ("warning", "differences: 8 in 13 accounts")
    found = {one["code"]: f"{one['subject']}: {one['message']}" for one in step["problems"]}
    named = {
        "account_inactive": ("account 3010", "(Serviceavtaler)"),
        "vat_code_not_allowed_on_account": ("account 3050", "VAT code 33"),
        "account_not_postable": ("account 3100", "(Salg, avgiftsfritt)"),
        "vat_code_inactive": ("account 3105", "VAT code 52"),
        "account_unknown": ("account 3999", "does not exist"),
        "vat_code_unknown": ("account 3900", "VAT code 77"),
        "vat_rate_mismatch": (
            "account 3000 Befaring",
            "The VAT rate 15 % does not match VAT code 3, which has 25 % on",
        ),
        "vat_code_not_for_sales": ("account 3000 Innkjøp", "VAT code 1 is for purchases"),
    }
    assert found.keys() == named.keys()
    assert [(code, word) for code, words in named.items() for word in words if word not in found[code]] == []
    told = "\n".join(answer.said)
    for problem in step["problems"]:
        assert f"{problem['message']} {problem['remedy']}" in told
        assert "accounting system" in problem["remedy"] or "in Moment" in problem["remedy"]


def test_accounts_of_the_setup_are_looked_at_too(office: Desk) -> None:
    lines = "[rounding]\naccount = 7749\n[accrual]\nenabled = true\ndebit_account = 3911\ncredit_account = 2965"
    office.apply((END, f"{END}\n{lines}"))
    step = office.steps()["accounts"]
    assert [(one["code"], one["subject"]) for one in step["problems"]] == [
        ("setup_account_unknown", "account 7749"),
        ("setup_account_unknown", "account 3911"),
    ]
    assert [one["message"] for one in step["problems"]] == [
        "Account 7749, the rounding account in the setup, does not exist in the accounting system.",
        "Account 3911, the debit account for accrual in the setup, does not exist in the accounting system.",
    ]
    cure = "Select another account in the setup, or create the account in the accounting system, then retry."
    assert {one["remedy"] for one in step["problems"]} == {cure}


@pytest.mark.parametrize(
    ("change", "code", "remedy"),
    [
        (
            {"active": False},
            "setup_account_inactive",
            "Select another account in the setup, or activate this one in the accounting system, then retry.",
        ),
        ({"postable": False}, "setup_account_not_postable", "Select another account in the setup, then retry."),
        (
            {"vatCodesAllowed": ["3"]},
            "rounding_account_needs_vat_code",
            "Select a rounding account without a VAT code in the setup, usually 7740, then retry.",
        ),
    ],
)
def test_rounding_account_that_cannot_be_posted_to_is_mended_in_the_setup(
    office: Desk, change: dict[str, Any], code: str, remedy: str
) -> None:
    office.ask("hub", "PUT", "/admin/clients/123/accounts/7749", change)
    office.apply((END, f"{END}\n[rounding]\naccount = 7749"))
    (problem,) = office.steps()["accounts"]["problems"]
    assert (problem["code"], problem["subject"], problem["remedy"]) == (code, "account 7749", remedy)


def test_number_that_the_unit_cannot_take_is_listed(office: Desk) -> None:
    office.apply()
    project = {"projectNumber": "P-77", "name": "Rart nummer", "customer": {"customerNumber": "10001"}}
    office.ask("moment", "POST", "/admin/projects", project)
    step = office.steps()["numbers"]
    assert (step["standing"], step["detail"]) == ("warning", "1 of 61 project numbers cannot be used in unit 2")
    (problem,) = step["problems"]
    assert problem["message"].startswith("Number P-77 cannot be used in organisational unit 2 (Prosjekt)")


def test_numbers_are_not_looked_at_where_projects_are_not_sent(office: Desk) -> None:
    office.apply(("project = 2", "project = 0"))
    assert "numbers" not in office.steps()


def test_without_an_open_period_the_check_fails_but_the_company_is_not_paused(office: Desk) -> None:
    office.ask("hub", "PATCH", "/admin/clients/123", {"lockDate": "2099-12-31"})
    answer = office.apply()
    assert answer.status == 1
    assert "FAILED  Periods: no period is open, locked until 31 December 2099" in answer.said
    shown = office.type("company", "show", "fjell", "--json").json
    assert (shown["live"], shown["paused"]) == (True, None)


def test_nobody_to_be_told_is_a_warning(office: Desk) -> None:
    office.apply()
    step = office.steps()["notified"]
    assert (step["standing"], [one["code"] for one in step["problems"]]) == ("warning", ["nobody_notified"])
    assert office.check().status == 0


def test_hub_that_is_down_is_told_with_exit_status_3_and_nobody_is_paused(office: Desk) -> None:
    applied = office.apply((HUB_URL, f'base_url = "{nowhere()}/v1"'))
    checked = office.check()
    assert (applied.status, checked.status) == (3, 3)
    steps = office.steps()
    assert _standings(steps) == {"moment": "ok", "signed_in": "failed", "notified": "warning"}
    (problem,) = steps["signed_in"]["problems"]
    assert problem["code"] == "hub_unreachable"
    assert "check the address of the integration platform in the setup, and the network" in problem["remedy"]
    assert office.type("company", "show", "fjell", "--json").json["paused"] is None


def test_hub_in_maintenance_is_told_with_exit_status_3(office: Desk) -> None:
    office.apply()
    office.ask("hub", "POST", "/admin/faults", {"kind": "unavailable", "times": None})
    answer = office.check()
    assert answer.status == 3
    assert any("integration platform" in line and "contact Azets." in line for line in answer.said)


def test_moment_that_is_down_is_told_with_exit_status_3_and_the_hub_is_checked_all_the_same(office: Desk) -> None:
    assert office.apply((MOMENT_URL, f'base_url = "{nowhere()}"')).status == 3
    standings = _standings(office.steps())
    assert (standings["moment"], standings["signed_in"], standings["periods"]) == ("failed", "ok", "ok")
    assert "accounts" not in standings


def test_wrong_password_counts_more_than_a_moment_that_is_down(office: Desk) -> None:
    changes = (MOMENT_URL, f'base_url = "{nowhere()}"'), (PASSWORD, 'password = "wrong"')
    assert office.apply(*changes).status == 1
    assert office.check().status == 1


def test_company_that_there_is_not_is_told_with_those_that_there_are(office: Desk) -> None:
    office.apply()
    answer = office.check("fjord")
    assert (answer.status, answer.said) == (2, ["There is no company 'fjord'. Companies: fjell."])
