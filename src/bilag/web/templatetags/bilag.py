"""Template tags: amounts and times as people in Norway read them, states and problems as words."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bilag.messages import RenderedProblem, render_problem, render_reason
from bilag.messages.fact_values import render_facts
from bilag.platforms.base import Said
from bilag.posting.months import month_name
from bilag.posting.problem import Problem
from bilag.posting.selection import OSLO
from bilag.transfers.models import Transfer
from bilag.transfers.queries.transfers import standing_text
from bilag.web import labels as told_words

register = template.Library()
NARROW_SPACE = "\u00a0"


@register.filter
def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def amount(value: Decimal | str | None) -> str:
    """An amount with two decimals (more where it has more), grouped by thousands: 12 500,00 or 12,500.00."""
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
    """A time as the clock in Oslo shows it; `form` long, seconds or day."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = moment.astimezone(OSLO)
    day = local.strftime("%d.%m.%Y") if norwegian() else local.strftime("%d %b %Y")
    if form == "day":
        return day
    return f"{day} {local:%H:%M:%S}" if form == "seconds" else f"{day} {local:%H:%M}"


@register.filter
def day(value: date | str | None) -> str:
    """A date."""
    if not value:
        return ""
    one = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return one.strftime("%d.%m.%Y") if norwegian() else date_format(one, "j M Y")


@register.filter
def problem(stored: dict[str, Any] | Problem) -> RenderedProblem:
    """A stored problem told in the page's language: subject, message, remedy, who."""
    return render_problem(stored if isinstance(stored, Problem) else Problem.from_json(stored), language())


@register.filter
def month_word(value: date) -> str:
    """The month of a date: November 2026."""
    return month_name(value.year, value.month, language())


@register.filter
def difference_field(stored: dict[str, Any]) -> str:
    """What a difference is in: "net, account 3000, VAT code 3"."""
    facts = stored.get("facts", {})
    shown = render_facts(
        {name: facts[name] for name in ("field", "account", "vat_code", "units") if name in facts}, language()
    )
    names = {"account": _("account"), "vat_code": _("VAT code"), "units": _("unit")}
    parts = [shown.get("field", ""), *(f"{names[name]} {shown[name]}" for name in names if shown.get(name))]
    return ", ".join(part for part in parts if part)


@register.filter
def said(sentence: str) -> str:
    """A sentence in the page's language, where it is known in both."""
    return sentence.in_language(language()) if isinstance(sentence, Said) else str(sentence)


@register.filter
def reason(code: str | None) -> str:
    """Why a transfer was left in Moment, in words."""
    return render_reason(code, language()) if code else ""


@register.filter
def state_word(state: str) -> str:
    """A transfer's state in words."""
    return str(told_words.STATES.get(state, state))


@register.filter
def kind_word(kind: str) -> str:
    """A kind of object in words."""
    return str(told_words.KINDS.get(kind, kind))


@register.filter
def verdict_word(verdict: str | None) -> str:
    """What a try came to, in words."""
    return str(told_words.VERDICTS.get(verdict or "", verdict or ""))


def language() -> str:
    """nb or en."""
    return "nb" if norwegian() else "en"


def norwegian() -> bool:
    """Whether the page is in Norwegian."""
    return (get_language() or "en").startswith("nb")


@register.filter
def problem_message(stored: dict[str, Any] | Problem) -> str:
    """What happened and the cure, in one text."""
    one = problem(stored)
    return f"{one.message} {one.remedy}"


@register.filter
def why(row: Transfer) -> str:
    """One sentence on why a transfer stands where it stands."""
    return standing_text(row, language())


@register.filter
def pretty(value: Any) -> str:
    """JSON for people to read."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
