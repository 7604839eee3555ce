"""The connection to Tryton, checked step by step: what is wrong is named with its cure, in both languages."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.platforms.base import CheckStep
from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.dimensions import Dimensions
from bilag.posting.problem import Problem
from tests.support.tryton.bootstrap import COMPANY
from tests.support.tryton.office import Office

NAMES = ["signed_in", "client_found", "chart", "units", "periods"]


def failed(platform: TrytonPlatform) -> tuple[CheckStep, Problem]:
    """The step that fails, which is the last one told, and its problem."""
    *before, last = platform.check()
    assert all(step.ok for step in before)
    assert not last.ok
    (problem,) = last.problems
    return last, problem


def test_a_right_setup_passes_every_step_and_says_what_was_found(office: Office) -> None:
    steps = list(office.platform().check())
    assert [step.name for step in steps] == NAMES
    assert all(step.ok for step in steps)
    details = {step.name: step.detail for step in steps}
    assert details["client_found"] == f"{COMPANY}, in NOK"
    assert (
        details["units"] == "project: unit 2 Prosjekt; department: unit 1 Avdeling; billability: unit 3 Fakturerbarhet"
    )
    assert "accounts and 11 VAT codes in use" in details["chart"]


@pytest.mark.parametrize(
    ("field", "value", "step", "code", "cause", "cure"),
    [
        (
            "application_key",
            "0" * 128,
            "signed_in",
            "tryton_key_refused",
            "does not accept the application key",
            "REST",
        ),
        ("database", "nowhere", "signed_in", "tryton_not_there", "the database nowhere", "Tryton 8.0 or later"),
        ("company", "Fjord AS", "client_found", "tryton_company_unknown", f"It has: {COMPANY}", "exactly as in Tryton"),
        ("journal", "SALG", "chart", "tryton_journal_unknown", "It has: CASH, EXC, EXP, MISC, REV", "sales journals"),
        ("receivable_account", "1920", "chart", "tryton_receivable_unknown", "Account 1920 is not", "such as 1500"),
        ("receivable_account", "1599", "chart", "tryton_receivable_unknown", "Account 1599 is not", "such as 1500"),
        ("project_root", "Projekt", "chart", "tryton_root_unknown", "no analytic root Projekt", "type root"),
    ],
)
def test_a_field_that_names_nothing_is_told_by_its_name(
    field: str, value: str, step: str, code: str, cause: str, cure: str, office: Office
) -> None:
    at, problem = failed(office.platform(**{field: value}))
    subject = "setup platform.tryton." + ("base_url" if code == "tryton_not_there" else field)
    assert (at.name, problem.code, problem.subject, at.unavailable) == (step, code, subject, False)
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert cause in english.message
    assert cure in english.remedy
    assert norwegian.message != english.message
    assert office.key not in english.message


def test_a_server_that_is_away_is_no_fault_of_the_setup(office: Office) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        at, problem = failed(office.platform(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}"))
    assert (at.name, at.unavailable, problem.code) == ("signed_in", True, "tryton_unreachable")
    assert "whether Tryton is running" in render_problem(problem, "en").remedy


@pytest.fixture
def newcomer(office: Office) -> Callable[..., str]:
    """A key of a new user in these groups, with or without the company."""
    person = office.person

    def made(login: str, groups: list[str], *, of_company: bool) -> str:
        company = person.one("company.company")
        found = person.search("res.group", ["name", "in", groups])
        user = person.create("res.user", name=login, login=login, company=company, groups=[["add", found]])
        if not of_company:
            person.write("res.user", user, company=None, companies=[["remove", [company]]])
        return office.new_key(login)

    return made


def test_a_user_who_is_not_in_the_company_sees_no_accounts(office: Office, newcomer: Callable[..., str]) -> None:
    key = newcomer("stranger", ["Accounting", "Analytic Administration"], of_company=False)
    at, problem = failed(office.platform(application_key=key))
    assert (at.name, problem.code) == ("chart", "tryton_company_closed")
    assert "Add the company to the user's companies in Tryton, and select it" in render_problem(problem, "en").remedy


def test_a_user_without_the_groups_is_told_which(office: Office, newcomer: Callable[..., str]) -> None:
    key = newcomer("guest", [], of_company=True)
    at, problem = failed(office.platform(application_key=key))
    assert (at.name, problem.code) == ("chart", "tryton_rights_missing")
    words = render_problem(problem, "en")
    assert "account moves, account move lines, tax lines, analytic accounts" in words.message
    assert "Accounting and Analytic Administration" in words.remedy


def test_a_unit_that_has_no_root_is_told_of_the_dimension(office: Office) -> None:
    steps = {step.name: step for step in office.platform(Dimensions(project=7), project_root="").check()}
    assert not steps["units"].ok
    (problem,) = steps["units"].problems
    assert (problem.code, problem.subject) == ("tryton_root_missing", "setup dimensions.project")


def test_no_roots_and_no_units_is_a_setup_too(office: Office) -> None:
    platform = office.platform(Dimensions(), project_root="", department_root="", billability_root="")
    assert all(step.ok for step in platform.check())
    assert platform.chart().units == {}


def test_the_key_stands_in_no_text_of_the_platform(office: Office) -> None:
    platform = office.platform()
    assert office.key not in repr(platform) + repr(list(platform.check()))


def test_the_books_say_which_they_are_whatever_address_leads_to_them(office: Office) -> None:
    def client_at(**values: str) -> Any:
        return next(step.client for step in office.platform(**values).check() if step.client is not None)

    here = client_at()
    assert here.identity is not None
    assert here.identity.startswith("tryton:")
    other_name = office.setup["base_url"].replace("127.0.0.1", "localhost")
    assert other_name != office.setup["base_url"]
    assert client_at(base_url=other_name) == here
