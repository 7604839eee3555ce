"""What a person types as an option or an argument: dates and months. Each raises `typer.BadParameter` with a sentence."""

import re
from datetime import date

import typer

_MONTH = re.compile(r"(?!0000)\d{4}-(?:0[1-9]|1[0-2])")


def parse_day(text: str) -> date:
    """Read a date such as 2026-11-01."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date. Give a date such as 2026-11-01") from None


def parse_month(text: str) -> date:
    """Read a month such as 2026-11, and return its first day."""
    if _MONTH.fullmatch(text) is None:
        raise typer.BadParameter(f"'{text}' is not a month. Give a month such as 2026-11")
    return date.fromisoformat(f"{text}-01")
