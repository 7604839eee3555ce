"""What a chart has against a voucher, for accounting systems that do not check, or do not say what is wrong. Pure."""

from collections.abc import Collection, Iterator

from bilag.posting.chart import Chart
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Voucher


def problems_in(voucher: Voucher, chart: Chart, currencies: Collection[str], subject: str) -> Iterator[Problem]:
    """Yield what the chart has against currency, accounts and VAT codes, as they are on the voucher's date.

    Without `subject`, entries are named by their position, from 1.
    """
    facts, chart = {"currency": voucher.currency}, chart.on(voucher.voucher_date)
    if voucher.currency not in currencies:
        yield Problem("currency_unknown", subject, facts)
    for place, entry in enumerate(voucher.entries, start=1):
        entry_subject = subject or f"entry {place}"
        for code in _entry_faults(entry, chart):
            facts = {"account": entry.account, **({"vat_code": entry.vat_code} if entry.vat_code else {})}
            if entry.account in chart.accounts:
                facts["account_name"] = chart.accounts[entry.account].name
            yield Problem(code, entry_subject, facts)


def problems_of_day(voucher: Voucher, chart: Chart, subject: str) -> Iterator[Problem]:
    """Yield what the chart has against the voucher's date."""
    day = voucher.voucher_date
    facts = {"date": day.isoformat()}
    period = chart.period_of(day)
    if period is None and chart.periods:
        yield Problem("period_unknown", subject, facts)
    if period is not None and not period.open:
        yield Problem("period_closed", subject, {**facts, "period": period.label})
    if chart.lock_date is not None and day <= chart.lock_date:
        yield Problem("date_locked", subject, {**facts, "lock_date": chart.lock_date.isoformat()})


def _entry_faults(entry: Entry, chart: Chart) -> Iterator[str]:
    account = chart.accounts.get(entry.account)
    if account is None:
        yield "account_unknown"
    elif not account.active:
        yield "account_inactive"
    elif not account.postable:
        yield "account_not_postable"
    vat_code = chart.vat_codes.get(entry.vat_code) if entry.vat_code is not None else None
    if entry.vat_code is not None and vat_code is None:
        yield "vat_code_unknown"
    elif vat_code is not None and not vat_code.active:
        yield "vat_code_inactive"
