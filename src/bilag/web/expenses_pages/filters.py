"""Parse the filters of the list of posted lines, and find the lines. Unknown values are ignored."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bilag.expenses import queries
from bilag.expenses.models import ExpenseLine, LineState
from bilag.posting.expense import IgnoredReason
from bilag.web.decorators import CompanyRequest
from bilag.web.whole_numbers import whole_number

LONGEST = 100
OWN, ALL = "own", "all"
VIEWS = {
    "": _("Needs attention and imported"),
    LineState.NEEDS_ATTENTION.value: pgettext_lazy("state", "Needs attention"),
    LineState.WAITING.value: _("Waiting"),
    LineState.SENDING.value: _("Unconfirmed"),
    LineState.DONE.value: _("Imported"),
    LineState.IGNORED.value: _("Not imported"),
    OWN: _("Customer invoices and Bilag's own vouchers"),
    ALL: _("All lines"),
}
"""The lines that the list shows. A line of a voucher that Bilag posted is no cost, so only `OWN` and `ALL` show it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the list, as text."""

    state: str = ""
    reason: str = ""
    q: str = ""

    @property
    def narrows(self) -> bool:
        """Whether the list is filtered at all."""
        return bool(self.state or self.reason or self.q)

    def query(self, **more: str | int) -> str:
        """Return the filters as a query string."""
        return urlencode({"state": self.state, "reason": self.reason, "q": self.q, **more})


def parse(request: CompanyRequest) -> Filters:
    """Read state, reason and search text from the query."""
    state = request.GET.get("state", "")
    reason = request.GET.get("reason", "")
    searched = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    return Filters(state if state in VIEWS else "", reason if reason.isidentifier() else "", searched)


def found(request: CompanyRequest) -> QuerySet[ExpenseLine]:
    """Return the lines that match the query. The default list omits lines that need attention: the page shows them above it.

    A search without a state searches all lines.
    """
    filters, company_id = parse(request), request.access.company.pk
    rows = _of_view(company_id, filters)
    if filters.q:
        rows = rows.filter(_matches(filters.q))
    return rows


def _of_view(company_id: int, filters: Filters) -> QuerySet[ExpenseLine]:
    if filters.reason:
        return queries.lines(company_id, "", filters.reason)
    if filters.state == OWN:
        return queries.lines(company_id, "", IgnoredReason.OWN_VOUCHER)
    if filters.state == LineState.IGNORED:
        return queries.not_imported(company_id)
    if filters.state in set(LineState):
        return queries.lines(company_id, filters.state)
    return queries.lines(company_id) if filters.state == ALL or filters.q else queries.came_in(company_id)


def _matches(searched: str) -> Q:
    number = Q(project=searched) | Q(account=searched)
    whole = whole_number(searched)
    if whole is not None:
        number |= Q(journal=whole) | Q(voucher_number=whole)
    return number | Q(supplier__icontains=searched) | Q(text__icontains=searched)
