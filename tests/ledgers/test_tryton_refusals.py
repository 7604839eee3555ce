"""What cannot be posted is refused with a reason that a person can act on, and leaves nothing behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused
from tests.support.tryton.office import Office
from tests.support.tryton.samples import customer, entry, invoice, key, put_master_data


@pytest.fixture(scope="module")
def platform(office: Office) -> TrytonPlatform:
    platform = office.platform()
    put_master_data(platform)
    return platform


def refused(platform: TrytonPlatform, office: Office, voucher: Voucher) -> Problem:
    """The one problem that it is refused with. Nothing of it stays in Tryton."""
    with pytest.raises(Refused) as error:
        platform.post_voucher([voucher], key(voucher))
    (problem,) = error.value.problems
    assert office.moves_with(voucher.number) == []
    return problem


@pytest.mark.parametrize(
    ("voucher", "code", "subject"),
    [
        (lambda: invoice(entry("10.00", "2.50", vat_code="99")), "vat_code_unknown", "entry 1"),
        (lambda: invoice(entry("5.00"), entry("10.00", "2.50", account="9999")), "account_unknown", "entry 2"),
        (lambda: invoice(entry("10.00", account="2400")), "account_not_postable", "entry 1"),
        (lambda: invoice(entry("10.00", units=((2, "9999"),))), "org_unit_unknown", "entry 1"),
        (lambda: invoice(customer="99999"), "customer_unknown", "customer 99999"),
        (lambda: invoice(currency="CHF", exchange_rate=12), "currency_unknown", ""),
    ],
    ids=["VAT code", "account", "control account", "project", "customer", "currency"],
)
def test_what_the_voucher_names_must_be_there(
    voucher: Callable[[], Voucher], code: str, subject: str, platform: TrytonPlatform, office: Office
) -> None:
    problem = refused(platform, office, voucher())
    assert (problem.code, problem.subject) == (code, subject)


def test_a_day_outside_all_periods_is_refused(platform: TrytonPlatform, office: Office) -> None:
    problem = refused(platform, office, invoice(voucher_date=date(2031, 1, 5), due_date=date(2031, 1, 9)))
    assert problem.code == "period_unknown"
    assert problem.facts["date"] == "2031-01-05"


def test_a_closed_project_is_told_and_opened_by_sending_it_again(platform: TrytonPlatform, office: Office) -> None:
    project = office.person.one("analytic_account.account", ["code", "=", "1207"])
    office.person.write("analytic_account.account", project, state="closed")
    voucher = invoice()
    assert refused(platform, office, voucher).code == "org_unit_closed"
    put_master_data(platform)
    assert platform.post_voucher([voucher], key(voucher)).state == "posted"


def test_an_account_closed_since_the_chart_was_read_is_told_with_trytons_words(
    platform: TrytonPlatform, office: Office
) -> None:
    platform.chart(fresh=True)
    account = office.account("3900")
    office.person.write("account.account", account, closed=True)
    try:
        problem = refused(platform, office, invoice(entry("10.00", account="3900")))
    finally:
        office.person.write("account.account", account, closed=False)
    assert (problem.code, problem.subject, problem.facts["account"]) == ("account_inactive", "entry 1", "3900")
    assert problem.said is not None
    assert "3900" in problem.said


def test_an_account_made_since_the_chart_was_read_is_taken(platform: TrytonPlatform, office: Office) -> None:
    platform.chart(fresh=True)
    like = office.person.read("account.account", [["code", "=", "3000"]], "type", "company")[0]
    office.person.create("account.account", code="3001", name="Ny", type=like["type"], company=like["company"])
    voucher = invoice(entry("10.00", account="3001"))
    assert platform.post_voucher([voucher], key(voucher)).state == "posted"


def test_a_reason_that_only_tryton_knows_is_told_in_its_words(platform: TrytonPlatform, office: Office) -> None:
    account, euro = office.account("2965"), office.person.one("currency.currency", ["code", "=", "EUR"])
    office.person.write("account.account", account, second_currency=euro)
    try:
        problem = refused(platform, office, invoice(entry("10.00", account="2965")))
    finally:
        office.person.write("account.account", account, second_currency=None)
    assert problem.code == "tryton_refused"
    words = render_problem(problem, "en")
    assert words.message.startswith("Tryton rejected the request for a reason that Bilag does not recognise")
    assert "Second Currency" in words.message
    assert words.remedy == "Correct in Tryton what the message from Tryton describes, then retry."


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"organisation_number": "974760674"}, "organisation_number_invalid"),
        ({"organisation_number": "97476067"}, "organisation_number_invalid"),
        ({"country": "ZZ"}, "country_code_unknown"),
        ({"number": " "}, "customer_number_invalid"),
    ],
    ids=["check digit", "length", "country", "number"],
)
def test_a_customer_that_tryton_cannot_keep_is_refused(
    changed: dict[str, Any], code: str, platform: TrytonPlatform
) -> None:
    with pytest.raises(Refused) as error:
        platform.put_customer(replace(customer(number="10099"), **changed))
    assert error.value.problems[0].code == code


def test_a_unit_without_a_root_is_a_fault_of_the_setup(office: Office) -> None:
    platform = office.platform(project_root="")
    with pytest.raises(Misconfigured) as error:
        put_master_data(platform)
    (problem,) = error.value.problems
    assert (problem.code, problem.subject) == ("tryton_root_missing", "setup dimensions.project")
    assert "unit 2 is projects" in render_problem(problem, "en").remedy
