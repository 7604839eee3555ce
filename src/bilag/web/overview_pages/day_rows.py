"""One day of the overview: the invoices that were posted, are under way, or need attention, with their amounts in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from bilag.web.overview_pages.days import Day
from bilag.web.overview_pages.open_invoices import Open
from bilag.web.templatetags.bilag import amount, short_day

NONE = Open()


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day in Oslo: what was done that day, and what was received that day and is not done."""

    day: Day
    under_way: Open
    attention: Open

    @property
    def posted_text(self) -> str:
        """3 Nov: 5 posted, 12,500.00 NOK."""
        return _text(self.day, _("%(count)s posted"), self.day.invoices, self.day.amounts)

    @property
    def waiting_text(self) -> str:
        """3 Nov: 1 waiting, 500.00 NOK."""
        return _text(self.day, _("%(count)s waiting"), self.under_way.count, self.under_way.amounts)

    @property
    def attention_text(self) -> str:
        """Return text such as "3 Nov: 1 needs attention, 500.00 NOK"."""
        return _text(self.day, _("%(count)s need attention"), self.attention.count, self.attention.amounts)


def amounts_text(amounts: Mapping[str, Decimal]) -> str:
    """Return totals by currency in one line: 12,500.00 NOK, 10.00 EUR."""
    return ", ".join(f"{amount(total)} {currency}" for currency, total in sorted(amounts.items()))


def _text(day: Day, what: str, count: int, amounts: Mapping[str, Decimal]) -> str:
    return ", ".join(
        part for part in (f"{short_day(day.day)}: {what % {'count': count}}", amounts_text(amounts)) if part
    )
