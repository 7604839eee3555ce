"""Cases of the kit: master data and vouchers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from bilag.platforms.base import PostingStatus
from bilag.platforms.conformance.kit import Kit, NotConforming, must
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences, differences
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused


def the_check_passes_every_step(kit: Kit) -> None:
    """`check` tells each step; all of them pass with a setup that is right."""
    steps = kit.platform.check()
    must(bool(steps), "check tells nothing")
    must(all(step.ok for step in steps), f"steps failed: {[step for step in steps if not step.ok]}")


def the_chart_has_what_the_sample_names(kit: Kit) -> None:
    """Accounts, VAT codes and periods can be looked up; the unknown account is unknown."""
    chart, sample = kit.platform.chart(), kit.sample
    must(sample.sales_account in chart.accounts, "the sales account is not in the chart")
    must(sample.unknown_account not in chart.accounts, "the unknown account is in the chart")
    must(chart.vat_codes[sample.vat_code].rate == sample.vat_rate, "the VAT code has another rate")
    period = chart.period_of(sample.open_day)
    must(period is not None and period.open, "the open day is in no open period")


def putting_master_data_twice_is_harmless(kit: Kit) -> None:
    """The same customer, department and project again, then with another name: never an error, never a second one."""
    kit.put_master_data()
    kit.put_master_data()
    kit.platform.put_customer(kit.customer("Blåbær og Sønner AS"))
    kit.platform.put_project(kit.project("Nytt hovedkontor, etappe 2"))
    kit.put_master_data()


def content_tells_whether_anything_changed(kit: Kit) -> None:
    """`customer_content` and `project_content` are equal for equal objects and differ for changed ones."""
    platform = kit.platform
    must(platform.customer_content(kit.customer()) == platform.customer_content(kit.customer()), "not repeatable")
    must(platform.customer_content(kit.customer()) != platform.customer_content(kit.customer("Ny")), "change not seen")
    if kit.sample.dimensions.project is not None:
        must(platform.project_content(kit.project()) == platform.project_content(kit.project()), "not repeatable")
        must(platform.project_content(kit.project()) != platform.project_content(kit.project("Ny")), "change not seen")


def a_voucher_is_posted_and_read_back_as_planned(kit: Kit) -> None:
    """Absent before, posted after, and what the journal says equals the plan to the øre."""
    kit.put_master_data()
    invoice = kit.invoice()
    must(kit.platform.find_voucher(invoice, _key(invoice)).state == "absent", "it is there before it was posted")
    standing = kit.platform.post_voucher([invoice], _key(invoice))
    _posted_as_planned(kit, invoice, standing)
    must(kit.ledger.vouchers_with(invoice.number) == 1, "the ledger does not hold it once")


def a_posted_voucher_is_found_again_after_a_restart(kit: Kit) -> None:
    """Another instance finds it by its external id, thoroughly and not."""
    kit.put_master_data()
    invoice = kit.invoice()
    kit.platform.post_voucher([invoice], _key(invoice))
    restarted = kit.open_platform()
    for thorough in (True, False):
        _posted_as_planned(kit, invoice, restarted.find_voucher(invoice, _key(invoice), thorough=thorough))


def posting_again_posts_nothing_more(kit: Kit) -> None:
    """The same external id again, also after a restart: the same journal number, one voucher."""
    kit.put_master_data()
    invoice = kit.invoice()
    first = kit.platform.post_voucher([invoice], _key(invoice))
    second = kit.open_platform().post_voucher([invoice], _key(invoice))
    _posted_as_planned(kit, invoice, second)
    must(first.journal_number == second.journal_number, "it has another journal number now")
    must(kit.ledger.vouchers_with(invoice.number) == 1, "it is posted twice")


def posting_at_the_same_time_posts_once(kit: Kit) -> None:
    """Several threads with the same external id: one voucher, whatever each of them was told."""
    kit.put_master_data()
    invoice = kit.invoice()
    with ThreadPoolExecutor(4) as pool:
        standings = list(pool.map(lambda _: kit.platform.post_voucher([invoice], _key(invoice)), range(4)))
    must({standing.state for standing in standings} <= {"posted", "in_progress"}, f"told {standings}")
    must(kit.ledger.vouchers_with(invoice.number) == 1, "it is posted more than once")


def a_credit_note_mirrors_its_invoice(kit: Kit) -> None:
    """Same accounts, opposite signs; what the customer owes of both is nothing."""
    kit.put_master_data()
    invoice = kit.invoice()
    note = kit.credit_note(invoice)
    owed = []
    for voucher in (invoice, note):
        standing = kit.platform.post_voucher([voucher], _key(voucher))
        _posted_as_planned(kit, voucher, standing)
        entries = standing.posted.entries if standing.posted is not None else ()
        owed.append({(e.account, e.vat_code, e.units, abs(e.amount)): e.amount for e in entries})
    mirrored = {key: -amount for key, amount in owed[1].items()}
    must(owed[0] == mirrored, f"the credit note is no mirror: {owed}")


def an_unknown_account_is_refused_and_names_the_entry(kit: Kit) -> None:
    """Refused, told of the entry, nothing left behind; mended, it is posted under the same number."""
    kit.put_master_data()
    invoice = kit.invoice(account=kit.sample.unknown_account)
    problems = _refused(kit, invoice)
    unknown = [problem for problem in problems if problem.code == "account_unknown"]
    must([problem.subject for problem in unknown] == ["entry 2"], f"not told of entry 2: {problems}")
    must(unknown[0].facts.get("account") == kit.sample.unknown_account, "the account is not among the facts")
    right = tuple(replace(entry, account=kit.sample.sales_account) for entry in invoice.entries)
    mended = replace(invoice, entries=right)
    _posted_as_planned(kit, mended, kit.platform.post_voucher([mended], _key(mended)))


def a_closed_period_is_refused(kit: Kit) -> None:
    """Refused, nothing left behind; after the period is opened again it is posted."""
    kit.put_master_data()
    invoice = kit.invoice(day=kit.sample.closing_day)
    with _closed(kit):
        problems = _refused(kit, invoice)
    must({problem.code for problem in problems} <= {"period_closed", "date_locked"}, f"told {problems}")
    _posted_as_planned(kit, invoice, kit.platform.post_voucher([invoice], _key(invoice)))


def a_refusal_makes_the_chart_new(kit: Kit) -> None:
    """After a refusal the chart is read again, so that the next plan knows why."""
    kit.put_master_data()
    before = kit.platform.chart().period_of(kit.sample.closing_day)
    must(before is not None and before.open, "the closing day is not in an open period")
    invoice = kit.invoice(day=kit.sample.closing_day)
    with _closed(kit):
        _refused(kit, invoice)
        after = kit.platform.chart().period_of(kit.sample.closing_day)
        must(after is not None and not after.open, "the chart still says that the period is open")
    kit.platform.chart(fresh=True)


def a_number_used_by_somebody_else_is_a_conflict(kit: Kit) -> None:
    """A person's invoice with our number is no voucher of ours."""
    kit.put_master_data()
    invoice = kit.invoice()
    kit.ledger.post_by_hand(invoice.number, kit.sample.customer, invoice.total)
    for thorough in (True, False):
        standing = kit.platform.find_voucher(invoice, _key(invoice), thorough=thorough)
        must(standing.state == "conflict" and bool(standing.problems), f"told {standing}")


def an_invoice_and_its_accrual_are_posted_as_one(kit: Kit) -> None:
    """All are posted and read back as planned; a closed month of the accrual refuses the invoice too."""
    kit.put_master_data()
    invoice = kit.invoice()
    batch = [invoice, kit.journal(kit.sample.open_day, invoice.number)]
    kit.platform.post_voucher(batch, _key(invoice))
    standing = kit.open_platform().find_voucher(invoice, _key(invoice))
    _posted_as_planned(kit, invoice, standing)
    if standing.posted is not None:
        wrong = batch_differences(batch, standing.posted, standing.others, kit.platform.chart())
        must(not wrong, f"the accrual in the journal differs from the plan: {wrong}")
    refused = kit.invoice()
    with _closed(kit):
        _refused(kit, refused, kit.journal(kit.sample.closing_day, refused.number))


def a_journal_of_its_own_is_posted_once_and_found_by_its_external_id(kit: Kit) -> None:
    """It belongs to no invoice and has no number of ours."""
    kit.put_master_data()
    journal, key = kit.journal(kit.sample.open_day), f"conformance-accrued-{kit.sample.project}-1"
    must(kit.platform.find_voucher(journal, key).state == "absent", "it is there before it was posted")
    first = kit.platform.post_voucher([journal], key)
    again = kit.open_platform().post_voucher([journal], key)
    for thorough in (True, False):
        found = kit.open_platform().find_voucher(journal, key, thorough=thorough)
        must(found.posted is not None, f"not found: {found}")
        if found.posted is not None:
            wrong = differences(journal, found.posted, kit.platform.chart())
            must(not wrong, f"the journal differs from the plan: {wrong}")
        must(first.journal_number == again.journal_number == found.journal_number, "it is posted twice")


def posted_vouchers_are_listed_by_date(kit: Kit) -> None:
    """Each voucher of the days asked for comes once, with its external id; others do not come."""
    kit.put_master_data()
    vouchers = [kit.invoice() for _ in range(3)]
    for voucher in vouchers:
        kit.platform.post_voucher([voucher], _key(voucher))
    day = kit.sample.open_day
    listed = [posted.external_id for posted in kit.platform.list_vouchers(day, day)]
    must(all(listed.count(_key(voucher)) == 1 for voucher in vouchers), "a voucher is missing or comes twice")
    before = [posted.external_id for posted in kit.platform.list_vouchers(day - timedelta(1), day - timedelta(1))]
    must(not {_key(voucher) for voucher in vouchers} & set(before), "a voucher of another day is listed")


VOUCHER_CASES: tuple[Callable[[Kit], None], ...] = (
    the_check_passes_every_step,
    the_chart_has_what_the_sample_names,
    putting_master_data_twice_is_harmless,
    content_tells_whether_anything_changed,
    a_voucher_is_posted_and_read_back_as_planned,
    a_posted_voucher_is_found_again_after_a_restart,
    posting_again_posts_nothing_more,
    posting_at_the_same_time_posts_once,
    a_credit_note_mirrors_its_invoice,
    an_unknown_account_is_refused_and_names_the_entry,
    a_closed_period_is_refused,
    a_refusal_makes_the_chart_new,
    a_number_used_by_somebody_else_is_a_conflict,
    an_invoice_and_its_accrual_are_posted_as_one,
    a_journal_of_its_own_is_posted_once_and_found_by_its_external_id,
    posted_vouchers_are_listed_by_date,
)


def _key(voucher: Voucher) -> str:
    """The external id, made from the number and nothing else."""
    return f"conformance-invoice-{voucher.number}"


def _posted_as_planned(kit: Kit, voucher: Voucher, standing: PostingStatus) -> None:
    must(standing.state == "posted" and standing.posted is not None, f"not posted: {standing}")
    if standing.posted is not None:
        wrong = differences(voucher, standing.posted, kit.platform.chart())
        must(not wrong, f"the journal differs from the plan: {wrong}")
        must(standing.posted.external_id == _key(voucher), "it does not carry the external id")
    must(standing.journal_number is not None, "it has no journal number")


def _refused(kit: Kit, voucher: Voucher, *more: Voucher) -> tuple[Problem, ...]:
    """Post what must be refused; gives the problems. Nothing of it may be left behind."""
    try:
        standing = kit.platform.post_voucher([voucher, *more], _key(voucher))
    except Refused as refused:
        must(bool(refused.problems), "refused without a reason")
        must(kit.ledger.vouchers_with(voucher.number) == 0, "something of it was left behind")
        must(kit.platform.find_voucher(voucher, _key(voucher)).state == "absent", "it is found although refused")
        return refused.problems
    raise NotConforming(f"it was not refused: {standing}")


@contextmanager
def _closed(kit: Kit) -> Iterator[None]:
    kit.ledger.close_period(kit.sample.closing_day)
    try:
        yield
    finally:
        kit.ledger.open_period(kit.sample.closing_day)
