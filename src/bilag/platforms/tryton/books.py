"""Read one company's books: its `Chart`, and Tryton's ids behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.problems import malformed, setup_problem
from bilag.platforms.tryton.rows import (
    AccountRow,
    AnalyticRow,
    CodeRow,
    CompanyRow,
    CurrencyRow,
    Named,
    PeriodRow,
    TaxRow,
)
from bilag.platforms.tryton.setup import UNIT_FIELDS
from bilag.posting.chart import Account, Chart, Period, UnitDefinition, VatCode

DIRECTIONS = {"sale": "output", "purchase": "input"}
INVOICES = "account.invoice"
ANALYTIC = "analytic_account.account"
WRITTEN = ("party.party", "account.move", "account.move.line", "account.tax.line")
"""Models that Bilag writes to."""


@dataclass(frozen=True, slots=True)
class Tax:
    """Tryton's ids for a VAT code: the tax and the accounts its VAT is posted on."""

    id: int
    invoice_account: int | None
    credit_note_account: int | None


@dataclass(frozen=True, slots=True)
class Books:
    """A snapshot of the books. `roots` maps organisational unit to analytic root.

    `invoices` says whether Tryton has its invoice module, whose numbers may collide with ours.
    """

    company: int
    currency: CurrencyRow
    journal: int
    receivable: int
    accounts: Mapping[str, int]
    taxes: Mapping[str, Tax]
    currencies: Mapping[str, CurrencyRow]
    roots: Mapping[int, int]
    invoices: bool
    chart: Chart


def find_company(client: TrytonClient, name: str) -> CompanyRow:
    """Find the company by its party's name. Raises `Misconfigured` unless there is exactly one."""
    companies = client.rows("company.company", CompanyRow, [])
    named = [company for company in companies if company.party.name.strip() == name]
    if len(named) != 1:
        found = ", ".join(sorted(company.party.name for company in companies))
        raise setup_problem("tryton_company_unknown", "company", name, companies=found)
    client.use_company(named[0].id)
    return named[0]


def read_books(client: TrytonClient, values: Mapping[str, str]) -> Books:
    """Read the books afresh. `Misconfigured` names the setup field whose value Tryton does not have."""
    company = find_company(client, values["company"])
    of_company = ["company", "=", company.id]
    accounts = client.rows("account.account", AccountRow, [of_company])
    if not accounts:
        raise setup_problem("tryton_company_closed", "company", values["company"])
    _require_rights(client, [*WRITTEN, ANALYTIC] if any(map(values.get, UNIT_FIELDS.values())) else WRITTEN)
    taxes = client.rows("account.tax", TaxRow, [of_company, ["type", "=", "percentage"], ["childs", "=", None]])
    periods = client.rows("account.period", PeriodRow, [of_company, ["type", "=", "standard"]])
    roots = _roots(client, values, of_company)
    return Books(
        company=company.id,
        currency=company.currency,
        journal=_journal(client, values["journal"]),
        receivable=_receivable(accounts, values["receivable_account"]),
        accounts={row.code: row.id for row in reversed(accounts) if row.code},
        taxes={
            row.name: Tax(row.id, _id(row.invoice_account), _id(row.credit_note_account)) for row in _preferred(taxes)
        },
        currencies={row.code: row for row in client.rows("currency.currency", CurrencyRow, [])},
        roots={unit: root.id for unit, root in roots.items()},
        invoices=bool(client.rows("ir.model", Named, [["name", "=", INVOICES]], limit=1)),
        chart=_chart(company, accounts, _preferred(taxes), periods, roots),
    )


def _require_rights(client: TrytonClient, models: Sequence[str]) -> None:
    """Check that the key's user may create what Bilag writes, rather than fail at the first invoice."""
    rights = client.call("ir.model.access", "get_access", {"models": list(models)})
    if not isinstance(rights, dict):
        raise malformed("the answer has no rights", writing=False)
    missing = [name for name in models if not (isinstance(own := rights.get(name), dict) and own.get("create"))]
    if missing:
        raise setup_problem("tryton_rights_missing", "application_key", "", model=", ".join(missing))


def _journal(client: TrytonClient, code: str) -> int:
    found = client.rows("account.journal", CodeRow, [["code", "=", code], ["active", "=", True]], limit=1)
    if not found:
        known = ", ".join(sorted(row.code for row in client.rows("account.journal", CodeRow, []) if row.code))
        raise setup_problem("tryton_journal_unknown", "journal", code, journals=known)
    return found[0].id


def _receivable(accounts: Sequence[AccountRow], code: str) -> int:
    found = next((row for row in accounts if row.code == code), None)
    if found is None or found.type is None or not found.type.receivable or not found.party_required:
        raise setup_problem("tryton_receivable_unknown", "receivable_account", code)
    return found.id


def _roots(client: TrytonClient, values: Mapping[str, str], of_company: list[Any]) -> dict[int, AnalyticRow]:
    named = {unit: name for unit, field in UNIT_FIELDS.items() if (name := values.get(field))}
    if not named:
        return {}
    rows = client.rows(ANALYTIC, AnalyticRow, [of_company, ["type", "=", "root"]])
    found = {}
    for unit, name in named.items():
        root = next((row for row in rows if name in (row.name, row.code)), None)
        if root is None:
            known = ", ".join(sorted(row.name for row in rows))
            raise setup_problem("tryton_root_unknown", UNIT_FIELDS[unit], name, roots=known)
        found[unit] = root
    return found


def _preferred(taxes: Sequence[TaxRow]) -> list[TaxRow]:
    """Choose one tax for each name: preferably active and for sales, which is what Bilag posts."""
    best: dict[str, TaxRow] = {}
    for row in sorted(taxes, key=lambda row: (not row.active, not row.group or row.group.kind != "sale", row.id)):
        best.setdefault(row.name, row)
    return list(best.values())


def _chart(
    company: CompanyRow,
    accounts: Sequence[AccountRow],
    taxes: Sequence[TaxRow],
    periods: Sequence[PeriodRow],
    roots: Mapping[int, AnalyticRow],
) -> Chart:
    numbers = [row.code for row in company.party.identifiers]
    ordered = sorted(periods, key=lambda row: row.start_date)
    return Chart(
        company_name=company.party.name,
        organisation_number=numbers[0] if numbers else None,
        base_currency=company.currency.code,
        accounts={row.code: _account(row, row.code) for row in reversed(accounts) if row.code},
        vat_codes={row.name: _vat_code(row) for row in taxes},
        periods=tuple(Period(row.start_date, row.end_date, row.state == "open", row.name) for row in ordered),
        lock_date=None,
        units={unit: UnitDefinition(unit, root.name, integer=False) for unit, root in sorted(roots.items())},
        system="Tryton",
    )


def _account(row: AccountRow, code: str) -> Account:
    """Convert an account. Headings are not postable, nor are party accounts except by the customer's own line."""
    postable = row.type is not None and not row.party_required
    return Account(code, row.name, active=bool(row.active) and not row.closed, postable=postable)


def _vat_code(row: TaxRow) -> VatCode:
    """Convert a VAT code. It gets an account only if invoices and credit notes share one."""
    accounts = {account.code for account in (row.invoice_account, row.credit_note_account) if account is not None}
    return VatCode(
        code=row.name,
        name=row.description,
        rate=((row.rate or Decimal(0)) * 100).quantize(Decimal("0.01")),
        direction=DIRECTIONS.get(row.group.kind if row.group else "", "none"),
        active=bool(row.active),
        account=accounts.pop() if len(accounts) == 1 else None,
    )


def _id(row: CodeRow | None) -> int | None:
    return row.id if row is not None else None
