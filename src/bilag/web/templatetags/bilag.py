"""Template filters for every page: amounts, dates, states, kinds and problems in the language of the page."""

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bilag.messages import RenderedProblem, render_problem, render_reason
from bilag.messages.connection_faults import render_connection_fault
from bilag.messages.fact_values import render_facts
from bilag.platforms.base import Said
from bilag.posting.months import month_name
from bilag.posting.problem import Problem
from bilag.posting.selection import OSLO
from bilag.transfers.models import Kind, Transfer
from bilag.transfers.queries.transfers import standing_text
from bilag.web import labels

register = template.Library()
NARROW_SPACE = "\u00a0"
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ACCRUED_NUMBER = re.compile(r"(\d{4})-(0[1-9]|1[0-2]):(.+):\d+", re.DOTALL)
PLAIN_AMOUNT = re.compile(r"-?\d+\.\d+")


@register.filter
def words(text: str) -> list[str]:
    """Split a text into its words."""
    return text.split()


@register.filter
def amount(value: Decimal | str | None) -> str:
    """Format an amount with at least two decimals and grouped thousands: 12 500,00 in Norwegian, 12,500.00 in English."""
    if value is None or value == "":
        return ""
    number = Decimal(value)
    decimals = max(2, -int(number.normalize().as_tuple().exponent))
    text = f"{number:,.{decimals}f}"
    if norwegian():
        text = text.replace(",", NARROW_SPACE).replace(".", ",")
    return text.replace("-", "\u2212")


@register.filter
def oslo(value: datetime | str | None, form: str = "long") -> str:
    """Format a time in Oslo's time zone. `form` is long, seconds, day, or short: without a date today, without a year this
    year.
    """
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = moment.astimezone(OSLO)
    if form == "short":
        return _short(local, timezone.now().astimezone(OSLO))
    day = local.strftime("%d.%m.%Y") if norwegian() else local.strftime("%d %b %Y")
    if form == "day":
        return day
    return f"{day} {local:%H:%M:%S}" if form == "seconds" else f"{day} {local:%H:%M}"


def _short(local: datetime, now: datetime) -> str:
    """Return 16:50 for today, 3 Nov 16:50 of this year, else the day with its year."""
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return f"{short_day(local.date())} {local:%H:%M}" if local.year == now.year else day(local.date())


@register.filter
def is_days_ago(value: datetime) -> bool:
    """Whether it was a day ago or longer."""
    return timezone.now() - value >= timedelta(days=1)


@register.filter
def since_words(value: datetime) -> str:
    """Say how long ago it was, in its largest unit: 3 days."""
    return timesince(value, depth=1)


@register.filter
def day(value: date | str | None) -> str:
    """Format a date."""
    if not value:
        return ""
    one = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return one.strftime("%d.%m.%Y") if norwegian() else f"{one.day} {one:%b %Y}"


@register.filter
def short_day(value: date) -> str:
    """Format a date without its year: 3.11. in Norwegian, 3 Nov in English."""
    return f"{value.day}.{value.month}." if norwegian() else f"{value.day} {value:%b}"


@register.filter
def month_word(value: date) -> str:
    """Format a month: November 2026."""
    return month_name(value.year, value.month, language())


@register.filter
def readable(value: Any) -> str:
    """Format a stored value by its form: a date, an amount, or text."""
    text = str(value)
    if ISO_DATE.fullmatch(text):
        try:
            return day(text)
        except ValueError:
            return text
    return amount(text) if PLAIN_AMOUNT.fullmatch(text) else text


@register.filter
def problem(stored: dict[str, Any] | Problem) -> RenderedProblem:
    """Render a stored problem in the language of the page: subject, message, remedy and who can act."""
    return render_problem(stored if isinstance(stored, Problem) else Problem.from_json(stored), language())


@register.filter
def problem_message(stored: dict[str, Any] | Problem) -> str:
    """Render a stored problem as one text: the message and the remedy."""
    one = problem(stored)
    return f"{one.message} {one.remedy}"


@register.filter
def difference_field(stored: dict[str, Any]) -> str:
    """Name the field that differs: "net, account 3000, VAT code 3"."""
    facts = stored.get("facts", {})
    shown = render_facts(
        {name: facts[name] for name in ("field", "account", "vat_code", "units") if name in facts}, language()
    )
    names = {"account": _("account"), "vat_code": _("VAT code"), "units": _("unit")}
    parts = [shown.get("field", ""), *(f"{names[name]} {shown[name]}" for name in names if shown.get(name))]
    return ", ".join(part for part in parts if part)


@register.filter
def difference_value(stored: dict[str, Any], name: str) -> str:
    """Format the `expected` or `found` value of a field that differs."""
    facts = stored.get("facts", {})
    return readable(render_facts({name: facts[name]}, language())[name]) if facts.get(name) is not None else ""


@register.filter
def said(sentence: str) -> str:
    """Give a sentence in the language of the page, if it is a `Said`; otherwise as it is."""
    return sentence.in_language(language()) if isinstance(sentence, Said) else str(sentence)


@register.filter
def reason(code: str | None) -> str:
    """Render the reason why Bilag did not transfer something."""
    return render_reason(code, language()) if code else ""


@register.filter
def state_word(state: str) -> str:
    """Name the state of a transfer."""
    return str(labels.STATES.get(state, state))


@register.filter
def shown_number(number: str, kind: str) -> str:
    """Format the number of a transfer. Accrued income (2026-10:1354:1) is shown by month and project."""
    parts = ACCRUED_NUMBER.fullmatch(number) if kind == Kind.ACCRUED else None
    if parts is None:
        return number
    return f"{month_name(int(parts[1]), int(parts[2]), language())}, {_('project')} {parts[3]}"


@register.filter
def kind_word(kind: str) -> str:
    """Name a kind of object."""
    return str(labels.KINDS.get(kind, kind))


@register.filter
def verdict_word(verdict: str | None) -> str:
    """Name the outcome of an attempt."""
    return str(labels.VERDICTS.get(verdict or "", verdict or ""))


@register.filter
def voucher_type(name: str) -> str:
    """Name the type of a posted voucher."""
    return str(labels.VOUCHER_TYPES.get(name, labels.VOUCHER_TYPES["other"]))


@register.filter
def system_name(name: str) -> str:
    """Name the system that a request was sent to."""
    return labels.system_name(name)


@register.filter
def exchange_error(text: str) -> str:
    """Say why a request got no answer, in words instead of the error text that was recorded."""
    return capfirst(render_connection_fault(text, language()) or _("no answer"))


@register.filter
def why(row: Transfer) -> str:
    """Explain the state of a transfer in one sentence."""
    return standing_text(row, language())


@register.filter
def pretty(value: Any) -> str:
    """Format JSON with indentation."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def language() -> str:
    """Return the language of the page: nb or en."""
    return "nb" if norwegian() else "en"


def norwegian() -> bool:
    """Return whether the page is in Norwegian."""
    return (get_language() or "en").startswith("nb")
