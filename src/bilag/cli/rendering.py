"""How tables and messages write dates, states, amounts and settings for a person. JSON documents keep the plain values."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def day(value: date | str | None) -> str:
    """Render a date, or its ISO text: 29 May 2026."""
    if value is None or value == "":
        return ""
    from bilag.messages.fact_values import render_date

    return render_date(value if isinstance(value, date) else date.fromisoformat(value[:10]), "en")


def month(value: date | str) -> str:
    """Render a month, or its ISO text: May 2026."""
    from bilag.posting.months import month_name

    text = value.isoformat() if isinstance(value, date) else value
    return month_name(int(text[:4]), int(text[5:7]), "en")


def moment(value: datetime | str | None, otherwise: str = "") -> str:
    """Render a time, or its ISO text, in Oslo: 29 May 2026 14:03:07 (Oslo). Return `otherwise` where there is none."""
    return f"{text} (Oslo)" if (text := clock(value)) else otherwise


def clock(value: datetime | str | None, otherwise: str = "") -> str:
    """Render a time in Oslo for a column whose name says so: 29 May 2026 14:03:07. Return `otherwise` where there is none."""
    if value is None or value == "":
        return otherwise
    from bilag.posting.selection import OSLO

    at = (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(OSLO)
    return f"{day(at.date())} {at:%H:%M:%S}"


def words(name: str) -> str:
    """Render a name of a state, step or kind: needs attention."""
    return name.replace("_", " ")


def amount(value: Decimal | str | None) -> str | None:
    """Render an amount, or its plain text, with a space between thousands: 12 500.00."""
    if value is None or value == "":
        return None
    return f"{Decimal(value):,.2f}".replace(",", " ")


def amounts(by_currency: Mapping[str, Decimal | str]) -> str:
    """Render amounts of several currencies: 12 500.00 NOK, 90.00 EUR."""
    return ", ".join(f"{amount(value)} {currency}" for currency, value in by_currency.items())


def setting(key: str) -> str:
    """Render the key of a setting by its label: Transfer automatically from."""
    from bilag.messages.setting_labels import label_of_setting

    return label_of_setting(key, "en") or words(key.rpartition(".")[2])


def setting_value(value: Any) -> str:
    """Render the value of a setting: yes, no, a list, a date; a dash where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if value in (None, ""):
        return "-"
    text = str(value)
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def count(number: int, one: str, many: str = "") -> str:
    """Render a number with its noun: 1 invoice, 2 invoices."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def problem(rendered: Any) -> str:
    """Render the message and the remedy of a problem, given as an object or as its JSON."""
    if isinstance(rendered, dict):
        return f"{rendered['message']} {rendered['remedy']}"
    return f"{rendered.message} {rendered.remedy}"


def switch(*, live: bool, paused: bool) -> str:
    """Say whether a company is on."""
    return "paused" if paused else "switched on" if live else "switched off"


_LABELS = {"poweroffice_go": "PowerOffice Go"}
"""The labels that are not their names with a capital letter."""


def system(kind: str) -> str:
    """Render the kind of an accounting system: PowerOffice Go. Importing the platforms for their labels would take too long."""
    return _LABELS.get(kind) or words(kind).capitalize()
