"""The remedies of Tryton's own codes, carried out literally: the check passes, or the voucher is posted once."""

import socket
from collections.abc import Callable, Iterator

import pytest

from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.dimensions import Dimensions
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused, Unavailable
from tests.support.tryton.middleman import Between, How, between
from tests.support.tryton.office import Office
from tests.support.tryton.samples import entry, invoice, key, put_master_data


def fails_with(code: str, platform: TrytonPlatform) -> None:
    failed = [problem.code for step in platform.check() for problem in step.problems]
    assert code in failed, failed


def passes(platform: TrytonPlatform) -> None:
    assert [(step.name, step.problems) for step in platform.check() if not step.ok] == []


@pytest.mark.parametrize(
    ("code", "field", "wrong"),
    [
        ("tryton_not_there", "database", "nowhere"),
        ("tryton_key_refused", "application_key", "0" * 128),
        ("tryton_company_unknown", "company", "Fjord AS"),
        ("tryton_journal_unknown", "journal", "SALG"),
        ("tryton_receivable_unknown", "receivable_account", "1920"),
        ("tryton_root_unknown", "project_root", "Projekt"),
        ("tryton_root_missing", "project_root", ""),
    ],
)
def test_a_field_is_corrected_in_the_setup(code: str, field: str, wrong: str, office: Office) -> None:
    fails_with(code, office.platform(**{field: wrong}))
    passes(office.platform())  # the first setup has what Tryton has, and a new key


def test_a_root_that_is_unknown_is_created_in_tryton(office: Office) -> None:
    fails_with("tryton_root_unknown", office.platform(project_root="Byggeplass"))
    like = office.person.read("analytic_account.account", [["name", "=", "Prosjekt"]], "company")[0]
    office.person.create("analytic_account.account", name="Byggeplass", type="root", company=like["company"])
    passes(office.platform(project_root="Byggeplass"))


def test_a_unit_without_a_root_is_not_selected(office: Office) -> None:
    fails_with("tryton_root_missing", office.platform(Dimensions(project=7), project_root=""))
    passes(office.platform(Dimensions(department=1), project_root=""))


@pytest.fixture
def newcomer(office: Office) -> Callable[..., int]:
    """A new user of Tryton, with or without the groups and the company."""

    def made(login: str, groups: list[str], *, of_company: bool) -> int:
        person = office.person
        company = person.one("company.company")
        found = person.search("res.group", ["name", "in", groups])
        user = person.create("res.user", name=login, login=login, company=company, groups=[["add", found]])
        if not of_company:
            person.write("res.user", user, company=None, companies=[["remove", [company]]])
        return int(user)

    return made


def test_a_user_who_lacks_access_is_added_to_the_groups(office: Office, newcomer: Callable[..., int]) -> None:
    user = newcomer("uten-tilgang", [], of_company=True)
    application_key = office.new_key("uten-tilgang")
    fails_with("tryton_rights_missing", office.platform(application_key=application_key))
    groups = office.person.search("res.group", ["name", "in", ["Accounting", "Analytic Administration"]])
    office.person.write("res.user", user, groups=[["add", groups]])
    passes(office.platform(application_key=application_key))


def test_a_user_who_does_not_see_the_company_is_added_to_it(office: Office, newcomer: Callable[..., int]) -> None:
    user = newcomer("utenfor", ["Accounting", "Analytic Administration"], of_company=False)
    application_key = office.new_key("utenfor")
    fails_with("tryton_company_closed", office.platform(application_key=application_key))
    company = office.person.one("company.company")
    office.person.write("res.user", user, companies=[["add", [company]]], company=company)
    passes(office.platform(application_key=application_key))


# A voucher


def states(office: Office, voucher: Voucher) -> list[str]:
    moves = office.person.read("account.move", [["description", "like", f"{key(voucher)}%"]], "state")
    return [str(move["state"]) for move in moves]


@pytest.fixture(scope="module")
def platform(office: Office) -> TrytonPlatform:
    platform = office.platform()
    put_master_data(platform)
    return platform


@pytest.fixture(scope="module")
def middle(office: Office) -> Iterator[Between]:
    with between(office.ledger.address) as middle:
        yield middle


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("tryton_timeout", "after"),
        ("tryton_fault", "page"),
        ("tryton_busy", "busy"),
        ("tryton_malformed", "unreadable"),
    ],
)
def test_bilag_tries_again_by_itself_and_it_is_posted_once(
    code: str, how: How, platform: TrytonPlatform, middle: Between, office: Office
) -> None:
    voucher, broken = invoice(), office.platform(base_url=middle.address)
    middle.break_next("create", 1, how)
    with pytest.raises(Unavailable) as unavailable:
        broken.post_voucher([voucher], key(voucher))
    assert [problem.code for problem in unavailable.value.problems] == [code]
    assert broken.post_voucher([voucher], key(voucher)).state == "posted"
    assert states(office, voucher) == ["posted"]


def test_the_address_of_the_server_is_corrected_in_the_setup(platform: TrytonPlatform, office: Office) -> None:
    voucher = invoice()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = office.platform(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(Unavailable) as unavailable:
            away.post_voucher([voucher], key(voucher))
    assert [problem.code for problem in unavailable.value.problems] == ["tryton_unreachable"]
    assert platform.post_voucher([voucher], key(voucher)).state == "posted"
    assert states(office, voucher) == ["posted"]


def test_what_the_message_describes_is_corrected_in_tryton(platform: TrytonPlatform, office: Office) -> None:
    account, euro = office.account("2965"), office.person.one("currency.currency", ["code", "=", "EUR"])
    voucher = invoice(entry("10.00", account="2965"))
    office.person.write("account.account", account, second_currency=euro)
    with pytest.raises(Refused) as refused:
        platform.post_voucher([voucher], key(voucher))
    assert [problem.code for problem in refused.value.problems] == ["tryton_refused"]
    office.person.write("account.account", account, second_currency=None)
    assert platform.post_voucher([voucher], key(voucher)).state == "posted"
    assert states(office, voucher) == ["posted"]
