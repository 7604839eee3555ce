"""A Norwegian company in an empty Tryton: chart by NS 4102, VAT codes by SAF-T, two years of months, two dimensions."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.ledgers.rpc import Person

COMPANY = "Fjord Arkitekter AS"
YEARS = (2025, 2026)
SERVICE_USER = "bilag"
GROUPS = ("Accounting", "Analytic Administration")
ACCOUNTS = (
    ("1500", "Kundefordringer", "receivable"),
    ("1530", "Opptjent, ikke fakturert inntekt", "asset"),
    ("1920", "Bankinnskudd", "asset"),
    ("2400", "Leverandørgjeld", "payable"),
    ("2700", "Utgående merverdiavgift, høy sats", "debt"),
    ("2701", "Utgående merverdiavgift, middels sats", "debt"),
    ("2703", "Utgående merverdiavgift, lav sats", "debt"),
    ("2710", "Inngående merverdiavgift, høy sats", "debt"),
    ("2965", "Forskuddsbetalt inntekt", "debt"),
    ("3000", "Salgsinntekt, høy sats", "income"),
    ("3020", "Salgsinntekt tjenester, høy sats", "income"),
    ("3050", "Salgsinntekt tjenester, lav sats", "income"),
    ("3120", "Salgsinntekt, avgiftsfri", "income"),
    ("3910", "Periodisert inntekt", "income"),
    ("7140", "Reisekostnad", "cost"),
    ("7740", "Øreavrunding", "cost"),
)
TYPES: dict[str, dict[str, Any]] = {
    "asset": {"statement": "balance", "assets": True},
    "receivable": {"statement": "balance", "assets": True, "receivable": True},
    "payable": {"statement": "balance", "payable": True},
    "debt": {"statement": "balance"},
    "income": {"statement": "income", "revenue": True},
    "cost": {"statement": "income", "expense": True},
}
SALES = (("3", "0.25", "2700"), ("31", "0.15", "2701"), ("33", "0.12", "2703"), ("5", "0", "2700"))
PURCHASES = (("1", "0.25", "2710"),)


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
        "default_account_receivable": accounts["1500"],
        "default_account_payable": accounts["2400"],
        "tax_rounding": "line",
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
    for code, name in (("NO", "Norway"), ("SE", "Sweden")):
        person.create("country.country", code=code, name=name)
    party = person.create("party.party", name=COMPANY, identifiers=[["create", [{"code": "974760673"}]]])
    company = person.create("company.company", party=party, currency=currencies["NOK"], timezone="Europe/Oslo")
    person.write("res.user", person.user, companies=[["add", [company]]], company=company)
    person.see_companies()
    return company


def _accounts(person: Person, company: int) -> dict[str, int]:
    types = {
        key: person.create("account.account.type", name=key, company=company, **kind) for key, kind in TYPES.items()
    }
    made = {}
    for code, name, key in ACCOUNTS:
        of_parties = {"party_required": True, "reconcile": True} if key in ("receivable", "payable") else {}
        values = {"code": code, "name": name, "type": types[key], "company": company, **of_parties}
        made[code] = person.create("account.account", **values)
    return made


def _vat(person: Person, company: int, accounts: dict[str, int]) -> None:
    for kind, codes in (("sale", SALES), ("purchase", PURCHASES)):
        group = person.create("account.tax.group", name=f"MVA {kind}", code=f"MVA-{kind}", kind=kind)
        for code, rate, account in codes:
            described = {"name": code, "description": f"Mva-kode {code}", "type": "percentage", "rate": Decimal(rate)}
            on = {"invoice_account": accounts[account], "credit_note_account": accounts[account]}
            person.create("account.tax", **described, **on, group=group, company=company)


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
