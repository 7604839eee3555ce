"""`ledger.beancount`: the chart of accounts, which a person keeps, as beancount text. Pure but for `starter`'s texts.

    2020-01-01 open Income:3000              an account; `number` is what Moment calls it
      number: "3000"
      name: "Salgsinntekt"
    2020-01-01 custom "vat-code" "3" "Utgående mva, høy sats" 25.00 "output" "2701"
    2020-01-01 custom "locked" 2025-12-31    the last such line in the file counts

A VAT code holds from its line's date until the next line with the same code.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bilag.posting.chart import Account, Chart, UnitDefinition, VatCode, vat_codes_by_code

DEPARTMENTS, PROJECTS = 1, 2
UNIT_NAMES = {DEPARTMENTS: "Avdeling", PROJECTS: "Prosjekt"}
RECEIVABLES = "1500"
NEVER_LOCKED = date(1899, 12, 31)
_OPEN = re.compile(r'\d{4}-\d\d-\d\d open (?P<account>\S+).*(?P<meta>(?:\n  \w+: ".*")*)')
_CLOSE = re.compile(r"^\d{4}-\d\d-\d\d close (\S+)", re.M)
_META = re.compile(r'\n  (\w+): "(.*)"')
_VAT = re.compile(
    r'^(?P<day>\d{4}-\d\d-\d\d) custom "vat-code" "(?P<code>[^"]+)" "(?P<name>[^"]*)" (?P<rate>\d+(?:\.\d+)?)'
    r' "(?P<direction>output|input|none)"(?: "(?P<account>[^"]+)")?',
    re.M,
)
_LOCKED = re.compile(r'^\d{4}-\d\d-\d\d custom "locked" (\d{4}-\d\d-\d\d)', re.M)
_TITLE = re.compile(r'^option "title" "(.*)"', re.M)


def read_accounts(text: str) -> dict[str, tuple[str, Account]]:
    """Return beancount's name and the account, by number."""
    closed, found = set(_CLOSE.findall(text)), {}
    for match in _OPEN.finditer(text):
        meta, account = dict(_META.findall(match["meta"])), match["account"]
        number = meta.get("number") or account.rpartition(":")[2]
        postable = number != RECEIVABLES
        found[number] = (account, Account(number, meta.get("name", ""), account not in closed, postable))
    return found


def read_chart(text: str, currency: str, today: date) -> Chart:
    """Return the chart."""
    accounts = {number: account for number, (_name, account) in read_accounts(text).items()}
    locks, title = _LOCKED.findall(text), _TITLE.search(text)
    return Chart(
        company_name=title[1] if title else "",
        organisation_number=None,
        base_currency=currency,
        accounts=accounts,
        vat_codes=vat_codes_by_code(_vat_codes(text), today),
        periods=(),
        lock_date=date.fromisoformat(locks[-1]) if locks else NEVER_LOCKED,
        units={unit: UnitDefinition(unit, name, integer=False, max_length=40) for unit, name in UNIT_NAMES.items()},
        system="beancount",
    )


def _vat_codes(text: str) -> Iterator[VatCode]:
    rows = sorted(_VAT.finditer(text), key=lambda match: match["day"])
    for place, match in enumerate(rows):
        later = next((other["day"] for other in rows[place + 1 :] if other["code"] == match["code"]), None)
        row = VatCode(
            match["code"], match["name"], Decimal(match["rate"]), match["direction"], account=match["account"]
        )
        last = date.fromisoformat(later) - timedelta(days=1) if later else None
        yield replace(row, valid_from=date.fromisoformat(match["day"]), valid_to=last)


def starter(title: str, currency: str) -> str:
    """Return the file that a new folder gets: it includes the journal, and has some Norwegian accounts and VAT codes."""
    accounts = "".join(
        f'{FIRST_DAY} open {name}:{number}\n  number: "{number}"\n  name: "{told}"\n' for name, number, told in ACCOUNTS
    )
    codes = "".join(f'{FIRST_DAY} custom "vat-code" {code}\n' for code in VAT_CODES)
    return f"""\
option "title" "{title}"
option "operating_currency" "{currency}"
option "inferred_tolerance_default" "{currency}:0.005"
include "journal.beancount"

; The accounts that Bilag may post to. Change them as you like; `number` is the account's number in Moment.
{accounts}
; VAT codes: code, name, percent, direction, VAT account.
{codes}
; Nothing is posted on this day or earlier.
{FIRST_DAY} custom "locked" 2019-12-31
"""


FIRST_DAY = "2000-01-01"
ACCOUNTS = (
    ("Assets", "1500", "Kundefordringer"),
    ("Assets", "1530", "Opptjent, ikke fakturert inntekt"),
    ("Assets", "1920", "Bank"),
    ("Liabilities", "2701", "Utgående mva, høy sats"),
    ("Liabilities", "2702", "Utgående mva, middels sats"),
    ("Liabilities", "2703", "Utgående mva, lav sats"),
    ("Liabilities", "2965", "Uopptjent inntekt"),
    ("Income", "3000", "Salgsinntekt, avgiftspliktig"),
    ("Income", "3010", "Konsulenthonorar, avgiftspliktig"),
    ("Income", "3100", "Salgsinntekt, avgiftsfri"),
    ("Income", "3200", "Salgsinntekt, utenfor avgiftsområdet"),
    ("Income", "3900", "Annen driftsinntekt"),
    ("Income", "3910", "Periodisering av inntekt"),
    ("Expenses", "4300", "Innkjøp for viderefakturering"),
    ("Expenses", "7740", "Øreavrunding"),
)
VAT_CODES = (
    '"3" "Utgående mva, høy sats" 25.00 "output" "2701"',
    '"31" "Utgående mva, middels sats" 15.00 "output" "2702"',
    '"33" "Utgående mva, lav sats" 12.00 "output" "2703"',
    '"5" "Fritatt for mva" 0.00 "output"',
    '"52" "Utførsel" 0.00 "output"',
    '"6" "Utenfor mva-loven" 0.00 "none"',
)
