"""A Norwegian company in an empty Tryton, with the chart and VAT codes of the hub's sandbox, two years of months and
three dimensions: what one ledger takes the other takes, too."""

from datetime import date
from decimal import Decimal
from typing import Any

from bilag_sandbox.hub.defaults import ACCOUNTS, VAT_CODES
from tests.support.tryton.rpc import Person

COMPANY = "Fjord Arkitekter AS"
YEARS = (2025, 2026)
SERVICE_USER = "bilag"
GROUPS = ("Accounting", "Analytic Administration")
TYPES: dict[str, dict[str, Any]] = {
    "asset": {"statement": "balance", "assets": True},
    "receivable": {"statement": "balance", "assets": True, "receivable": True},
    "payable": {"statement": "balance", "payable": True},
    "liability": {"statement": "balance"},
    "equity": {"statement": "balance"},
    "income": {"statement": "income", "revenue": True},
    "expense": {"statement": "income", "expense": True},
}
RECEIVABLE, PAYABLE, NO_VAT_ACCOUNT = "1500", "2400", "2740"
GROUP_KINDS = {"output": "sale", "input": "purchase", "none": "both"}


def bootstrap(person: Person) -> None:
    """Fill the database; afterwards it is a template for the tests."""
    company = _company(person)
    accounts = _accounts(person, company)
    _vat(person, company, accounts)
    for year in YEARS:
        _year(person, company, year)
    for name in ("Avdeling", "Prosjekt", "Fakturerbarhet"):
        person.create("analytic_account.account", name=name, type="root", company=company, state="opened")
    settings = {
        "default_account_receivable": accounts[RECEIVABLE],
        "default_account_payable": accounts[PAYABLE],
        "tax_rounding": "line",
        "currency_exchange_debit_account": accounts["8160"],
        "currency_exchange_credit_account": accounts["8060"],
        "currency_exchange_journal": person.one("account.journal", ["code", "=", "EXC"]),
    }
    for configuration in person.search("account.configuration"):
        person.write("account.configuration", configuration, **settings)
    groups = person.search("res.group", ["name", "in", list(GROUPS)])
    assert len(groups) == len(GROUPS), "Tryton has other groups now"
    user = {"name": "Bilag", "login": SERVICE_USER, "companies": [["add", [company]]], "company": company}
    person.create("res.user", **user, groups=[["add", groups]])


def _company(person: Person) -> int:
    currencies = {}
    for code, number, digits, rate in (("NOK", "578", 2, "1"), ("EUR", "978", 2, "0.0862"), ("JPY", "392", 0, "14.2")):
        rounding = Decimal(1).scaleb(-digits)
        named = {"name": code, "code": code, "symbol": code, "numeric_code": number}
        currencies[code] = person.create("currency.currency", **named, rounding=rounding, digits=digits)
        on_first_day = {"date": date(2000, 1, 1), "rate": Decimal(rate)}
        person.create("currency.currency.rate", currency=currencies[code], **on_first_day)
    for code in ("NO", "SE", "DK", "FI", "DE", "GB"):
        person.create("country.country", code=code, name=code)
    party = person.create("party.party", name=COMPANY, identifiers=[["create", [{"code": "974760673"}]]])
    company = person.create("company.company", party=party, currency=currencies["NOK"], timezone="Europe/Oslo")
    person.write("res.user", person.user, companies=[["add", [company]]], company=company)
    person.see_companies()
    return company


def _accounts(person: Person, company: int) -> dict[str, int]:
    types = {
        key: person.create("account.account.type", name=key, company=company, **kind) for key, kind in TYPES.items()
    }
    rows = []
    for account in ACCOUNTS:
        of_parties = account.number in (RECEIVABLE, PAYABLE)
        key = {RECEIVABLE: "receivable", PAYABLE: "payable"}.get(account.number, account.type)
        values = {"code": account.number, "name": account.name, "type": types[key], "company": company}
        rows.append({**values, "party_required": of_parties, "reconcile": of_parties})
    made = person.on("account.account", "create", rows)
    return {str(row["code"]): int(number) for row, number in zip(rows, made, strict=True)}


def _vat(person: Person, company: int, accounts: dict[str, int]) -> None:
    groups = {
        direction: person.create("account.tax.group", name=f"MVA {kind}", code=f"MVA-{kind}", kind=kind)
        for direction, kind in GROUP_KINDS.items()
    }
    for row in VAT_CODES:
        account = accounts[row.account or NO_VAT_ACCOUNT]
        rate = Decimal(row.rate) / 100
        described = {"name": row.code, "description": row.name, "type": "percentage", "rate": rate}
        on = {"invoice_account": account, "credit_note_account": account}
        person.create("account.tax", **described, **on, group=groups[row.direction], company=company)


def _year(person: Person, company: int, year: int) -> None:
    sequences = {}
    for kind in ("Account Move", "Invoice"):
        of_kind = person.one("ir.sequence.type", ["name", "=", kind])
        values = {"name": f"{kind} {year}", "sequence_type": of_kind, "company": company}
        sequences[kind] = person.create("ir.sequence.strict", **values)
    kinds = ("out_invoice", "out_credit_note", "in_invoice", "in_credit_note")
    of_invoices = {"company": company, **{f"{kind}_sequence": sequences["Invoice"] for kind in kinds}}
    days = {"start_date": date(year, 1, 1), "end_date": date(year, 12, 31)}
    made = {"name": str(year), "company": company, "move_sequence": sequences["Account Move"], **days}
    fiscal_year = person.create("account.fiscalyear", **made, invoice_sequences=[["create", [of_invoices]]])
    person.on("account.fiscalyear", "create_period", [fiscal_year])
