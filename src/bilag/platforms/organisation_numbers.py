"""Organisation numbers of customers: normalise Norwegian ones, reject those that are certainly wrong.

python-stdnum checks length and check digit. A number whose register does not follow from its form and country (a German
HRB number, say) is sent unchecked. Foreign and private customers may have none.
"""

import re

from stdnum.dk import cvr
from stdnum.eu import vat as eu_vat
from stdnum.fi import ytunnus
from stdnum.gb import vat as gb_vat
from stdnum.no import orgnr
from stdnum.se import orgnr as se_orgnr

_BETWEEN = re.compile(r"[\s.\-]")
_NINE_DIGITS = re.compile(r"[0-9]{9}")
_REGISTERS = {
    "SE": (re.compile(r"[0-9]{10}"), se_orgnr),
    "DK": (re.compile(r"[0-9]{8}"), cvr),
    "FI": (re.compile(r"[0-9]{8}"), ytunnus),
    "GB": (re.compile(r"[0-9]{9}"), gb_vat),
}
"""Form and checker of each country's number, with or without the country code in front."""


def norwegian_number(number: str, country: str | None) -> str | None:
    """Return the nine digits of a Norwegian number, without NO, MVA, blanks and points; None for any other.

    Without a country, a number counts as Norwegian if nine digits are left.
    """
    if _country(country) not in ("", "NO"):
        return None
    bare = re.sub(r"[\s.]", "", number).upper().removeprefix("NO").removesuffix("MVA")
    return bare if _NINE_DIGITS.fullmatch(bare) else None


def is_invalid(number: str | None, country: str | None) -> bool:
    """Tell whether the number's length or check digit must be wrong.

    Checked: numbers of Norwegian customers, numbers in the form of a Swedish, Danish, Finnish or British one, and VAT
    numbers that begin with the code of the customer's EU country. A missing number, or a missing country, is not
    invalid.
    """
    given = _BETWEEN.sub("", number or "").upper()
    country_code = _country(country)
    if not given or not country_code:
        return False
    if country_code == "NO":
        digits = norwegian_number(number or "", country_code)
        return digits is None or not int(digits) or not orgnr.is_valid(digits)
    form, register = _REGISTERS.get(country_code, (None, None))
    if form is not None and register is not None and form.fullmatch(given.removeprefix(country_code)):
        return not register.is_valid(given.removeprefix(country_code))
    prefix = "EL" if country_code == "GR" else country_code
    if not given.startswith(prefix) or not any(map(str.isdigit, given)):
        return False
    if country_code == "GB":
        return not gb_vat.is_valid(given)
    return country_code.lower() in eu_vat.MEMBER_STATES and not eu_vat.is_valid(given)


def _country(country: str | None) -> str:
    return (country or "").strip().upper()
