"""The ledger itself stands as `bootstrap.py` says."""

from tests.support.tryton import bootstrap
from tests.support.tryton.server import Ledger


def test_the_company_has_its_chart_its_vat_codes_and_its_periods(ledger: Ledger) -> None:
    person = ledger.person()
    accounts = person.read("account.account", [], "code")
    assert {row["code"] for row in accounts} >= {account.number for account in bootstrap.ACCOUNTS}  # tests add some
    assert len(person.search("account.tax")) == len(bootstrap.VAT_CODES)
    assert len(person.search("account.period")) == 12 * len(bootstrap.YEARS)
