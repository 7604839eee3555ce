"""Map the company's accounts and VAT codes to the authorities' codes for SAF-T. Facts, each with its source.

Accounts: code lists "naeringsspesifikasjon" 2025-2026 of Skatteetaten, for the accounts that invoices, accruals and costs use.
An unknown account is `NA`: the company's accountant decides, and a guess would be taken for a fact.
"""

from collections.abc import Mapping

from bilag.posting.chart import VatCode
from bilag.posting.vat_rates import STANDARD_CODES

UNKNOWN = "NA"
SHORT_TERM_ASSETS, SHORT_TERM_DEBT = "balanseverdiForOmloepsmiddel", "kortsiktigGjeld"
OTHER_INCOME, OTHER_COST = "annenDriftsinntekt", "annenDriftskostnad"
GROUPINGS = {
    "1500": (SHORT_TERM_ASSETS, "1500"),
    "1530": (SHORT_TERM_ASSETS, "1530"),
    "1920": (SHORT_TERM_ASSETS, "1920"),
    "2400": (SHORT_TERM_DEBT, "2400"),
    "2900": (SHORT_TERM_DEBT, "2900"),
    "2965": (SHORT_TERM_DEBT, "2970"),
    "2970": (SHORT_TERM_DEBT, "2970"),
    "3900": (OTHER_INCOME, "3900"),
    "4500": ("varekostnad", "4500"),
    "7740": (OTHER_COST, "7700"),
    "8060": ("finansinntekt", "8060"),
    "8160": ("finanskostnad", "8160"),
}
GROUPS = {
    "30": ("salgsinntekt", "3000"),
    "31": ("salgsinntekt", "3100"),
    "32": ("salgsinntekt", "3200"),
    "270": (SHORT_TERM_DEBT, "2740"),
    "271": (SHORT_TERM_DEBT, "2740"),
    "274": (SHORT_TERM_DEBT, "2740"),
}
"""By the first digits of four-digit accounts: NS 4102 keeps these groups for sales by VAT, and for VAT."""


def grouping_of(account: str) -> tuple[str, str]:
    """Return GroupingCategory and GroupingCode of an account."""
    known = GROUPINGS.get(account)
    if known is None and len(account) == 4:
        known = GROUPS.get(account[:3]) or GROUPS.get(account[:2])
    return known or (UNKNOWN, UNKNOWN)


def standard_code(code: str, known: Mapping[str, VatCode]) -> str:
    """Return the StandardTaxCode of a VAT code: the accounting system's, else the code itself if it is a standard code."""
    code_of_system = known[code].standard_code if code in known else None
    return next((one for one in (code_of_system, code) if one in STANDARD_CODES), UNKNOWN)
