"""Read one client's books: its `Chart`, and Go's ids behind it, which never leave this folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bilag.platforms.poweroffice_go import operations as go
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.problems import SETUP
from bilag.platforms.poweroffice_go.setup import same_client
from bilag.platforms.poweroffice_go.ways import Way, way_of
from bilag.platforms.poweroffice_go.wire import (
    AccountWire,
    CurrencyWire,
    DimensionSettingWire,
    FinancialSettingsWire,
    IntegrationWire,
    LockDateWire,
    SeriesWire,
    VatCodeWire,
)
from bilag.posting.chart import (
    Account,
    Chart,
    NumberRule,
    PaymentIdRule,
    Period,
    TextLimits,
    UnitDefinition,
    VatCode,
    vat_codes_by_code,
)
from bilag.posting.problem import Problem
from bilag.posting.vat_rates import STANDARD_CODES
from bilag.wire.errors import Misconfigured

DEPARTMENT, PROJECT, FIRST_DIMENSION = 1, 2, 3
"""Go has no numbered units: these are the numbers that Bilag gives to departments, projects and the three dimensions."""
NO_VAT = "0"
"""Go's VAT code for lines without VAT. It is sent with every line that has no VAT code, so that an account's own is not used."""
LAST_DAY = date(2099, 12, 31)
LIMITS = TextLimits(address_line=200, city=100)
LARGEST_ATTACHMENT = 30 * 1024 * 1024
LONGEST_KID = 25
LONGEST_CODE = 40
NEEDED = (
    go.ACCOUNTS,
    go.VAT_CODES,
    go.CUSTOMERS,
    go.TRANSACTIONS,
    go.STATEMENT,
)
"""Operations without which nothing can be posted and proven."""


@dataclass(frozen=True, slots=True)
class Books:
    """A snapshot of the books. `accounts` and `vat_rows` hold Go's ids; `currencies` those that are in use."""

    client_id: str
    way: Way
    privileges: frozenset[str]
    first_day: date
    accounts: Mapping[str, AccountWire]
    vat_rows: Mapping[str, tuple[VatCodeWire, ...]]
    currencies: frozenset[str]
    chart: Chart

    def vat_id(self, code: str | None, day: date) -> int | None:
        """Return the id of the row of a VAT code that holds on `day`; that of no VAT for None."""
        rows = self.vat_rows.get(code or NO_VAT, ())
        held = (row for row in rows if (row.valid_from or date.min) <= day <= (row.valid_to or date.max))
        found = next(held, rows[0] if rows else None)
        return found.id if found is not None else None


def read_integration(client: GoClient, name: str) -> IntegrationWire:
    """Read who the client is, and what it allows. Raises `Misconfigured` if it is not the client of the setup."""
    found = client.one(go.INTEGRATION, IntegrationWire)
    known = found.client_name or found.client_id
    if not same_client(name, known):
        facts = {"value": name, "client": known}
        raise Misconfigured([Problem("poweroffice_client_differs", f"{SETUP}client", facts)])
    return found


def way_allowed(integration: IntegrationWire) -> Way:
    """Return the way to post. Raises `Misconfigured` for each privilege that is missing."""
    given = frozenset(integration.valid_privileges)
    missing = [one.privilege for one in NEEDED if one.privilege is not None and not one.privilege.is_among(given)]
    way = way_of(given)
    if way is None:
        missing += [go.Privilege.INVOICE_VOUCHERS]
    if missing or way is None:
        facts = {"privilege": ", ".join(dict.fromkeys(missing))}
        raise Misconfigured([Problem("poweroffice_privilege_missing", f"{SETUP}client_key", facts)])
    return way


def read_books(client: GoClient, name: str, today: date) -> Books:
    """Read the books of the client with this name afresh. `today` decides which row of a VAT code the chart shows first."""
    integration = read_integration(client, name)
    way, privileges = way_allowed(integration), frozenset(integration.valid_privileges)
    settings = client.one(go.FINANCIAL_SETTINGS, FinancialSettingsWire)
    lock = client.one(go.LOCK_DATE, LockDateWire)
    accounts = list(client.rows(go.ACCOUNTS, AccountWire))
    codes = list(client.rows(go.VAT_CODES, VatCodeWire, {"includeExpired": "true"}))
    series = list(client.rows(go.SERIES, SeriesWire, {"subLedgerNumberSeriesType": "Customer"}))
    currencies = client.rows(go.CURRENCIES, CurrencyWire, {"isActive": "true"})
    dimensions: list[DimensionSettingWire] = []
    if go.Privilege.DIMENSIONS.removesuffix("_Full") in privileges or go.Privilege.DIMENSIONS in privileges:
        dimensions = list(client.rows(go.DIMENSION_SETTINGS, DimensionSettingWire))
    base = settings.currency_code or "NOK"
    vat_rows: dict[str, tuple[VatCodeWire, ...]] = {}
    for row in sorted(codes, key=lambda row: row.valid_from or date.min, reverse=True):
        if row.code:
            vat_rows[row.code] = (*vat_rows.get(row.code, ()), row)
    return Books(
        client_id=integration.client_id,
        way=way,
        privileges=privileges,
        first_day=settings.conversion_date or date(1990, 1, 1),
        accounts={str(row.account_no): row for row in reversed(accounts)},
        vat_rows=vat_rows,
        currencies=frozenset({base, *(row.code for row in currencies if row.code)}),
        chart=Chart(
            company_name=integration.client_name or integration.client_id,
            organisation_number=None,
            base_currency=base,
            accounts={str(row.account_no): _account(row) for row in reversed(accounts)},
            vat_codes=vat_codes_by_code(_vat_codes(codes), today),
            periods=_periods(settings.conversion_date),
            lock_date=_after_conversion(lock.lock_date, settings.conversion_date),
            units=_units(dimensions),
            payment_id_rule=PaymentIdRule(max_length=LONGEST_KID),
            customer_number_rule=_customer_numbers(series),
            system="PowerOffice Go",
            text_limits=LIMITS,
            line_accrual=way.accrues_by_line,
            accrues_on_own_account=way.accrues_by_line,
            no_vat_code=NO_VAT,
            not_carried=way.not_carried,
            largest_attachment=LARGEST_ATTACHMENT if go.Privilege.DOCUMENTS_FULL.is_among(privileges) else 0,
        ),
    )


def _account(row: AccountWire) -> Account:
    """Convert an account. One that is locked to a VAT code accepts no other."""
    allowed = frozenset({row.vat_code or NO_VAT}) if row.is_vat_code_locked else None
    return Account(
        number=str(row.account_no),
        name=row.name or "",
        active=row.is_active is not False,
        default_vat_code=row.vat_code,
        vat_codes_allowed=allowed,
    )


def _vat_codes(rows: Sequence[VatCodeWire]) -> list[VatCode]:
    """Convert the rows of all VAT codes. Go's own codes are the standard codes; a custom one is based on one of them."""
    by_id = {row.id: row for row in rows}
    found = []
    for row in rows:
        base = by_id.get(row.base_vat_code_id or 0, row) if row.is_custom else row
        standard = STANDARD_CODES.get(base.code or "")
        if row.code:
            found.append(
                VatCode(
                    code=row.code,
                    name=row.name or "",
                    rate=(row.rate * 100).quantize(Decimal("0.01")),
                    direction="none" if standard is None or row.rate == 0 else _direction(for_sales=standard.for_sales),
                    active=row.is_active is not False,
                    standard_code=standard.code if standard is not None else None,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                )
            )
    return found


def _direction(*, for_sales: bool) -> str:
    return "output" if for_sales else "input"


def _periods(conversion: date | None) -> tuple[Period, ...]:
    """Go has no periods: one, open, from the day that the client took Go into use. Before it, nothing can be posted."""
    return (Period(conversion, LAST_DAY, True, ""),) if conversion is not None else ()


def _after_conversion(lock: date | None, conversion: date | None) -> date | None:
    """Return the lock date; None if it lies before everything that can be posted."""
    return None if lock is None or (conversion is not None and lock < conversion) else lock


def _units(dimensions: Sequence[DimensionSettingWire]) -> dict[int, UnitDefinition]:
    """Number departments, projects and the three dimensions. A dot in a project's code means a sub-project."""
    own = {row.ordinal: row for row in dimensions}
    units = {
        DEPARTMENT: UnitDefinition(DEPARTMENT, "Avdeling", integer=False, max_length=LONGEST_CODE),
        PROJECT: UnitDefinition(PROJECT, "Prosjekt", integer=False, max_length=LONGEST_CODE, dots_allowed=False),
    }
    for ordinal in (1, 2, 3):
        row = own.get(ordinal)
        unit = FIRST_DIMENSION + ordinal - 1
        name = (row.name if row is not None else None) or f"Dimensjon {ordinal}"
        used = row is not None and row.is_active is not False
        units[unit] = UnitDefinition(unit, name, integer=False, max_length=LONGEST_CODE, used=used)
    return units


def _customer_numbers(series: Sequence[SeriesWire]) -> NumberRule:
    """Return where customer numbers may lie: in any of the client's series."""
    ranges = sorted(
        (row.from_inclusive, row.to_inclusive)
        for row in series
        if row.sub_ledger_number_series_type in ("Customer", None)
    )
    if not ranges:
        return NumberRule(integer=True, minimum=1)
    return NumberRule(integer=True, minimum=ranges[0][0], maximum=max(last for _, last in ranges), ranges=tuple(ranges))
