"""Organisation numbers of customers: which are Norwegian, which are surely wrong, and who has none.

Length and check digit are python-stdnum's. A number whose register is not known from its form and country (a German HRB
number, say) is no VAT number that could be checked: it goes as it was given. Foreign and private customers may have none.
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
"""What a number of this form is in its country, with the country's letters before it or not."""


def norwegian_number(number: str, country: str | None) -> str | None:
    """The nine digits of a Norwegian number, without NO, MVA, blanks and points; None for any other.

    Without a country it counts as Norwegian if nine digits are left.
    """
    if _country(country) not in ("", "NO"):
        return None
    bare = re.sub(r"[\s.]", "", number).upper().removeprefix("NO").removesuffix("MVA")
    return bare if _NINE_DIGITS.fullmatch(bare) else None


def is_invalid(number: str | None, country: str | None) -> bool:
    """Whether length or check digit cannot be right: of a Norwegian customer's number, of one in the form of a Swedish,
    Danish, Finnish or British number, and of a VAT number that begins with the letters of the customer's EU country.

    Nothing is wrong with no number at all, nor with any number of a customer without country.
    """
    given = _BETWEEN.sub("", number or "").upper()
    land = _country(country)
    if not given or not land:
        return False
    if land == "NO":
        digits = norwegian_number(number or "", land)
        return digits is None or not int(digits) or not orgnr.is_valid(digits)
    form, register = _REGISTERS.get(land, (None, None))
    if form is not None and register is not None and form.fullmatch(given.removeprefix(land)):
        return not register.is_valid(given.removeprefix(land))
    prefix = "EL" if land == "GR" else land
    if not given.startswith(prefix) or not any(map(str.isdigit, given)):
        return False
    if land == "GB":
        return not gb_vat.is_valid(given)
    return land.lower() in eu_vat.MEMBER_STATES and not eu_vat.is_valid(given)


def _country(country: str | None) -> str:
    return (country or "").strip().upper()
