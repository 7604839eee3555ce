"""Public codes a ledger knows: countries (ISO 3166-1 alpha-2), currencies, and the check digits of a KID."""

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_COUNTRIES.split())

CURRENCIES = ("NOK", "EUR", "USD", "SEK", "DKK", "GBP", "CHF", "ISK", "PLN", "CZK", "JPY", "CAD", "AUD")


def mod10(digits: str) -> bool:
    """Check the last digit by MOD10 (Luhn)."""
    if not digits.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def mod11(digits: str) -> bool:
    """Check the last character by MOD11 with weights 2 to 7; remainder 10 is written `-`."""
    if not digits[:-1].isdigit():
        return False
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits[:-1])))
    check = (11 - total % 11) % 11
    return digits[-1] == ("-" if check == 10 else str(check))


def is_valid_kid(kid: str, method: str, shortest: int, longest: int) -> bool:
    """Check a KID's length and its check digit by `method` (mod10, mod11, any or none)."""
    if not shortest <= len(kid) <= longest or not kid[:-1].isdigit():
        return False
    if method == "none":
        return True
    return (method in ("mod10", "any") and mod10(kid)) or (method in ("mod11", "any") and mod11(kid))
