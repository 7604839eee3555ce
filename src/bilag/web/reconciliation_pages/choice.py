"""Remember the period that a person chose last, so that the form shows it again."""

from datetime import date

from django.utils import timezone

from bilag.posting.periods import NotAPeriod, Period, month_period, parsed_month, parsed_period
from bilag.posting.selection import OSLO
from bilag.reconciliation.queries import months_before
from bilag.web.decorators import CompanyRequest


def remember(request: CompanyRequest, first: date, last: date) -> None:
    """Remember the period for this person and company, as long as the session lasts."""
    request.session[_key(request)] = [first.isoformat(), last.isoformat()]


def chosen(request: CompanyRequest) -> Period:
    """Return the period that was chosen last; at first, the previous month. `month` in the address takes precedence."""
    try:
        if month := request.GET.get("month", ""):
            return parsed_month(month)
        first, last = request.session.get(_key(request), ("", ""))
        return parsed_period(first, last)
    except (NotAPeriod, ValueError, TypeError):
        return months_before(timezone.now().astimezone(OSLO).date())[0]


def is_month(period: Period) -> bool:
    """Return whether the period is one whole month."""
    return period == month_period(period[0])


def _key(request: CompanyRequest) -> str:
    return f"reconciled-{request.access.company.pk}"
