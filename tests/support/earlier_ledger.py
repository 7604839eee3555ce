"""Some of Moment's year that another integration posted in a ledger other than the hub's, and its rehearsal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice
from bilag.posting.plan import Rules, plan_invoice
from bilag.posting.text_form import TextForms
from bilag_sandbox import moment
from tests.support.earlier_books import FIRST, LAST, told
from tests.support.sample_year import Year
from tests.support.world import company_document

Opened = Callable[[Dimensions], AccountingPlatform]
"""Opens the books for an integration that uses these dimensions."""
TAKEN = 40
EARLIER = TextForms(voucher="{number} {customer}", entry="{number} {text}")
HABITS = {
    "dimensions.department": "none",
    "texts.voucher": "{number} {customer}",
    "texts.entry": "{number} {text}",
}
"""What the earlier integration did otherwise than the setup."""


def applied_company(moment_url: str, platform: dict[str, Any]) -> int:
    """A company in Bilag with this platform, not switched on; its id."""
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    document = company_document(moment_url, "", {"dimensions": {"project": 2, "department": 1}})
    document["platform"] = platform
    document["company"]["live"] = False
    company_id: int = save_setup(parse_company_file(document, {}, Path()), origin="test").company_id
    return company_id


def post_earlier(moment_url: str, opened: Opened) -> list[int]:
    """Post some of Moment's year as another integration did; the numbers."""
    dimensions = Dimensions(project=2)
    client = MomentClient(moment_url, moment.COMPANY_ID, moment.API_KEY)
    year, platform, numbers = Year(client), opened(dimensions), []
    found = [one for one in client.finalised_invoices(None) if isinstance(one, Invoice) and one.currency == "NOK"]
    year.invoices = found[:TAKEN]
    year.put_master_data(platform)
    rules = Rules("nb", platform.chart(), dimensions, texts=EARLIER)
    for invoice in year.invoices:
        plan = plan_invoice(invoice, rules)
        assert not plan.problems, plan.problems
        if plan.vouchers:
            status = platform.post_voucher(plan.vouchers, f"earlier-{invoice.number}")
            assert status.state == "posted", status
            numbers.append(int(invoice.number or 0))
    client.close()
    return numbers


def check_rehearsal(company_id: int, moment_url: str, opened: Opened, unseen: frozenset[str] = frozenset()) -> None:
    """Post the year, rehearse it, accept what is proposed, and rehearse again: everything is equal.

    `unseen` are the habits of which the ledger's journal says nothing.
    """
    from bilag.rehearsal import actions
    from bilag.rehearsal.runner import rehearse

    numbers = post_earlier(moment_url, opened)
    run = rehearse(company_id, FIRST, LAST)
    assert run.problem is None, run.problem
    assert told(run) == {habit: value for habit, value in HABITS.items() if habit not in unseen}
    assert run.counts["unexplained"] == 0
    assert set(run.results.filter(voucher_number__isnull=False).values_list("number", flat=True)) == set(numbers)
    actions.accept(run, None, origin="test")
    again = rehearse(company_id, FIRST, LAST)
    ours = again.results.filter(number__in=numbers)
    assert {row.result for row in ours} == {"equal"}, [(row.number, row.result, row.differences) for row in ours][:3]
    assert told(again) == {}
