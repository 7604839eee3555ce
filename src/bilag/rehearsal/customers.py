"""The customers of the period: which of them accounting would refuse, and with them their invoices."""

from bilag.platforms.organisation_numbers import is_invalid
from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem
from bilag.rehearsal.read_only import ReadingMoment
from bilag.wire.errors import Refused

MOST_READ = 5_000
"""So many customers are read from Moment, each once. Those of later invoices are taken to be right."""


class Customers:
    """Reads each customer of Moment once. Memory depends on the number of customers, not of invoices."""

    def __init__(self, moment: ReadingMoment) -> None:
        self._moment = moment
        self._problems: dict[int, Problem | None] = {}

    def problem(self, invoice: Invoice) -> Problem | None:
        """Return why the invoice's customer would be refused, None if it would not. Raises Moment's errors, but no refusal."""
        moment_id = invoice.customer_moment_id
        if moment_id is None or (moment_id not in self._problems and len(self._problems) >= MOST_READ):
            return None
        if moment_id not in self._problems:
            self._problems[moment_id] = self._read(moment_id)
        return self._problems[moment_id]

    def _read(self, moment_id: int) -> Problem | None:
        try:
            customer = self._moment.customer(moment_id)
        except Refused as refused:
            return refused.problems[0]
        if customer is None or not is_invalid(customer.organisation_number, customer.country):
            return None
        facts = {"customer": customer.number, "value": customer.organisation_number or ""}
        return Problem("organisation_number_invalid", f"customer {customer.number}", facts)
