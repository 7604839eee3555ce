"""Template tags for accruals: the chart of an accrual's schedule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from bilag.posting.accrual import ScheduleRow
from bilag.web.overview_pages.chart import Chart, Series, chart
from bilag.web.templatetags.bilag import amount, day

register = template.Library()
THOUSANDS_FROM = 10_000
"""Above so much the axis counts thousands."""


@dataclass(frozen=True, slots=True)
class ScheduleChart:
    """The balance of the credit account after each date, as bars; `desc` says the same in one sentence."""

    chart: Chart
    title: str
    desc: str


@register.simple_tag
def schedule_chart(rows: Sequence[ScheduleRow]) -> ScheduleChart | None:
    """Return the chart of a schedule; None for one of a single date, which needs none."""
    balances: dict[date, Decimal] = {row.day: row.left for row in rows}
    if len(balances) < 2:
        return None
    days = sorted(balances)
    most = max(abs(balance) for balance in balances.values())
    unit = 1000 if most >= THOUSANDS_FROM else 1
    values = [float(abs(balances[one]) / unit) for one in days]
    texts = [f"{day(one)}: {amount(balances[one])}" for one in days]
    title = _("Remaining on the credit account, in thousands") if unit > 1 else _("Remaining on the credit account")
    facts = {"most": amount(most), "first": day(days[0]), "last": day(days[-1])}
    desc = _("At most %(most)s, from %(first)s to %(last)s. The table has every date.") % facts
    return ScheduleChart(chart(days, [Series(values, texts)]), title, desc)
