"""Cases for master data and vouchers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

from bilag.platforms.base import Attachment, PostingStatus
from bilag.platforms.conformance.kit import Kit, NotConforming, require
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences, differences
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused


def check_passes_every_step(kit: Kit) -> None:
    """With a correct setup, `check` returns steps that all pass."""
    steps = list(kit.platform.check())
    require(bool(steps), "check returns no steps")
    require(all(step.ok for step in steps), f"steps failed: {[step for step in steps if not step.ok]}")


def chart_has_the_sample_numbers(kit: Kit) -> None:
    """The sample's account, VAT code and period are in the chart; its unknown account is not."""
    chart, sample = kit.platform.chart(), kit.sample
    require(sample.sales_account in chart.accounts, "the sales account is not in the chart")
    require(sample.unknown_account not in chart.accounts, "the unknown account is in the chart")
    require(chart.vat_codes[sample.vat_code].rate == sample.vat_rate, "the VAT code has the wrong rate")
    require(chart.is_open(sample.open_day), "the open day is not in an open period")
    require(bool(chart.periods) or chart.lock_date is not None, "the chart has neither periods nor a lock date")
    capable = kit.platform.capabilities
    require(
        chart.not_carried == capable.not_carried, "the chart does not say what the capabilities say of `not_carried`"
    )
    require(capable.line_accrual or not chart.line_accrual, "the chart accrues by line, the capabilities do not say so")
    require(capable.attachments or not chart.largest_attachment, "the chart takes documents, the capabilities do not")


def put_master_data_is_idempotent(kit: Kit) -> None:
    """Sending the same customer, department and project again, or with another name, neither fails nor duplicates them."""
    kit.put_master_data()
    kit.put_master_data()
    kit.platform.put_customer(kit.customer("Blåbær og Sønner AS"))
    kit.platform.put_project(kit.project("Nytt hovedkontor, etappe 2"))
    kit.put_master_data()


def content_changes_with_the_object(kit: Kit) -> None:
    """`customer_content` and `project_content` are equal for equal objects and differ for changed ones."""
    platform = kit.platform
    require(platform.customer_content(kit.customer()) == platform.customer_content(kit.customer()), "not repeatable")
    require(
        platform.customer_content(kit.customer()) != platform.customer_content(kit.customer("Ny")), "change not seen"
    )
    if kit.sample.dimensions.project is not None:
        require(platform.project_content(kit.project()) == platform.project_content(kit.project()), "not repeatable")
        require(
            platform.project_content(kit.project()) != platform.project_content(kit.project("Ny")), "change not seen"
        )


def voucher_is_read_back_as_planned(kit: Kit) -> None:
    """A voucher is absent before posting, and read back to the øre afterwards."""
    kit.put_master_data()
    invoice = kit.invoice()
    require(
        kit.platform.find_voucher(invoice, _key(invoice)).state == "absent", "the voucher exists before it is posted"
    )
    status = kit.platform.post_voucher([invoice], _key(invoice))
    _posted_as_planned(kit, invoice, status)
    require(kit.ledger.count_vouchers(invoice.number) == 1, "the ledger does not have it exactly once")


def posted_voucher_is_found_after_restart(kit: Kit) -> None:
    """A new instance finds a posted voucher by its external id, thorough or not."""
    kit.put_master_data()
    invoice = kit.invoice()
    kit.platform.post_voucher([invoice], _key(invoice))
    restarted = kit.open_platform()
    for thorough in (True, False):
        _posted_as_planned(kit, invoice, restarted.find_voucher(invoice, _key(invoice), thorough=thorough))


def posting_again_is_idempotent(kit: Kit) -> None:
    """Posting with the same external id again, also after a restart, gives the same journal number and one voucher."""
    kit.put_master_data()
    invoice = kit.invoice()
    first = kit.platform.post_voucher([invoice], _key(invoice))
    second = kit.open_platform().post_voucher([invoice], _key(invoice))
    _posted_as_planned(kit, invoice, second)
    require(first.journal_number == second.journal_number, "posting again changed the journal number")
    require(kit.ledger.count_vouchers(invoice.number) == 1, "it is posted twice")


def concurrent_posting_posts_once(kit: Kit) -> None:
    """Several threads posting with the same external id create one voucher."""
    kit.put_master_data()
    invoice = kit.invoice()
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: kit.platform.post_voucher([invoice], _key(invoice)), range(4)))
    require({status.state for status in statuses} <= {"posted", "in_progress"}, f"unexpected states: {statuses}")
    require(kit.ledger.count_vouchers(invoice.number) == 1, "it is posted more than once")


def credit_note_mirrors_its_invoice(kit: Kit) -> None:
    """A credit note has the same accounts with opposite signs; the customer's balance is zero."""
    kit.put_master_data()
    invoice = kit.invoice()
    note = kit.credit_note(invoice)
    owed = []
    for voucher in (invoice, note):
        status = kit.platform.post_voucher([voucher], _key(voucher))
        _posted_as_planned(kit, voucher, status)
        entries = status.posted.entries if status.posted is not None else ()
        owed.append({(e.account, e.vat_code, e.units, abs(e.amount)): e.amount for e in entries})
    mirrored = {key: -amount for key, amount in owed[1].items()}
    require(owed[0] == mirrored, f"the credit note does not mirror the invoice: {owed}")


def unknown_account_is_refused_by_entry(kit: Kit) -> None:
    """An unknown account is refused, naming the entry, and leaves nothing behind; corrected, the number can be posted."""
    kit.put_master_data()
    invoice = kit.invoice(account=kit.sample.unknown_account)
    problems = _refused(kit, invoice)
    unknown = [problem for problem in problems if problem.code == "account_unknown"]
    require([problem.subject for problem in unknown] == ["entry 2"], f"the problem is not about entry 2: {problems}")
    require(unknown[0].facts.get("account") == kit.sample.unknown_account, "the facts do not name the account")
    right = tuple(replace(entry, account=kit.sample.sales_account) for entry in invoice.entries)
    corrected = replace(invoice, entries=right)
    _posted_as_planned(kit, corrected, kit.platform.post_voucher([corrected], _key(corrected)))


def closed_period_is_refused(kit: Kit) -> None:
    """A closed period is refused and leaves nothing behind; once reopened, the voucher can be posted."""
    kit.put_master_data()
    invoice = kit.invoice(day=kit.sample.closing_day)
    with _closed(kit):
        problems = _refused(kit, invoice)
    require(
        {problem.code for problem in problems} <= {"period_closed", "date_locked"}, f"unexpected problems: {problems}"
    )
    _posted_as_planned(kit, invoice, kit.platform.post_voucher([invoice], _key(invoice)))


def refusal_refreshes_the_chart(kit: Kit) -> None:
    """After a refusal the chart is read again, so that the next plan shows the reason."""
    kit.put_master_data()
    require(kit.platform.chart().is_open(kit.sample.closing_day), "the closing day is not in an open period")
    invoice = kit.invoice(day=kit.sample.closing_day)
    with _closed(kit):
        _refused(kit, invoice)
        after = kit.platform.chart()
        require(not after.is_open(kit.sample.closing_day), "the chart still shows the period as open")
        require(after.is_open(kit.sample.open_day), "the chart shows a later period as closed")
        if not after.periods:  # only a lock date: it closes from the beginning
            require(not after.is_open(date(1990, 1, 1)), "the chart shows days before the lock date as open")
    kit.platform.chart(fresh=True)


def number_in_use_is_a_conflict(kit: Kit) -> None:
    """An invoice posted manually with Bilag's number is a conflict."""
    kit.put_master_data()
    invoice = kit.invoice()
    kit.ledger.post_manually(invoice.number, kit.sample.customer, invoice.total)
    for thorough in (True, False):
        status = kit.platform.find_voucher(invoice, _key(invoice), thorough=thorough)
        require(status.state == "conflict" and bool(status.problems), f"expected a conflict: {status}")


def voucher_is_found_on_another_date(kit: Kit) -> None:
    """A voucher whose date has changed since it was posted is found on its old date when every date is asked for; posting it
    again posts nothing, and is a conflict."""
    kit.put_master_data()
    moved = kit.invoice(day=kit.sample.closing_day)
    kit.platform.post_voucher([moved], _key(moved))
    days = kit.sample.open_day - kit.sample.closing_day
    now = replace(moved, voucher_date=kit.sample.open_day, due_date=moved.due_date and moved.due_date + days)
    found = kit.open_platform().find_voucher(now, _key(now), every_date=True)
    require(found.state == "posted" and found.posted is not None, f"not found on its old date: {found}")
    if found.posted is not None:
        require(found.posted.voucher_date == kit.sample.closing_day, f"read with the date {found.posted.voucher_date}")
    status = kit.open_platform().post_voucher([now], _key(now))
    wrong = differences(now, status.posted, kit.platform.chart()) if status.posted is not None else ()
    require(
        status.state == "conflict" or bool(wrong), f"the external id was in use, and is posted as planned: {status}"
    )
    require(kit.ledger.count_vouchers(now.number) == 1, "it is posted twice")


def document_is_attached_once(kit: Kit) -> None:
    """A document is attached to the posted voucher, once by its key; the voucher must exist. A client that takes none refuses."""
    kit.put_master_data()
    invoice = kit.invoice()
    kit.platform.post_voucher([invoice], _key(invoice))
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    document = Attachment(f"conformance-attachment-{invoice.number}", "faktura.pdf", "application/pdf", len(content))
    if not kit.platform.chart().largest_attachment:
        _attachment_refused(kit, invoice, document, content, "attachments_not_supported")
        return
    for platform in (kit.platform, kit.open_platform()):
        platform.attach_document(invoice, _key(invoice), document, BytesIO(content))
    require(kit.ledger.attached(invoice.number) == [content], "it is not attached once and unchanged")
    unknown = kit.invoice()
    _attachment_refused(kit, unknown, replace(document, key=f"{document.key}-2"), content, "voucher_unknown")


def _attachment_refused(kit: Kit, invoice: Voucher, document: Attachment, content: bytes, code: str) -> None:
    try:
        kit.platform.attach_document(invoice, _key(invoice), document, BytesIO(content))
    except Refused as refused:
        require(refused.problems[0].code == code, f"expected {code}: {refused.problems}")
        return
    raise NotConforming(f"expected {code}, but the document was attached")


def invoice_and_accrual_are_posted_together(kit: Kit) -> None:
    """Invoice and accrual are posted and read back as planned; a closed month of the accrual refuses both."""
    kit.put_master_data()
    invoice = kit.invoice()
    batch = [invoice, kit.journal(kit.sample.open_day, invoice.number)]
    kit.platform.post_voucher(batch, _key(invoice))
    status = kit.open_platform().find_voucher(invoice, _key(invoice))
    _posted_as_planned(kit, invoice, status)
    if status.posted is not None:
        found_differences = batch_differences(batch, status.posted, status.others, kit.platform.chart())
        require(not found_differences, f"the accrual in the journal differs from the plan: {found_differences}")
    refused = kit.invoice()
    with _closed(kit):
        _refused(kit, refused, kit.journal(kit.sample.closing_day, refused.number))


def standalone_journal_is_posted_once(kit: Kit) -> None:
    """A journal without invoice and number is posted once and found by its external id."""
    kit.put_master_data()
    journal, key = kit.journal(kit.sample.open_day), f"conformance-accrued-{kit.sample.project}-1"
    require(kit.platform.find_voucher(journal, key).state == "absent", "the journal exists before it is posted")
    first = kit.platform.post_voucher([journal], key)
    again = kit.open_platform().post_voucher([journal], key)
    for thorough in (True, False):
        found = kit.open_platform().find_voucher(journal, key, thorough=thorough)
        require(found.posted is not None, f"not found: {found}")
        if found.posted is not None:
            found_differences = differences(journal, found.posted, kit.platform.chart())
            require(not found_differences, f"the journal differs from the plan: {found_differences}")
        require(first.journal_number == again.journal_number == found.journal_number, "it is posted twice")


def posted_vouchers_are_listed_by_date(kit: Kit) -> None:
    """`list_vouchers` returns each voucher of the requested days once, with its external id, and no others."""
    kit.put_master_data()
    vouchers = [kit.invoice() for _ in range(3)]
    for voucher in vouchers:
        kit.platform.post_voucher([voucher], _key(voucher))
    day = kit.sample.open_day
    listed = [posted.external_id for posted in kit.platform.list_vouchers(day, day)]
    require(all(listed.count(_key(voucher)) == 1 for voucher in vouchers), "a voucher is missing or listed twice")
    before = [posted.external_id for posted in kit.platform.list_vouchers(day - timedelta(1), day - timedelta(1))]
    require(not {_key(voucher) for voucher in vouchers} & set(before), "a voucher of another day is listed")


VOUCHER_CASES: tuple[Callable[[Kit], None], ...] = (
    check_passes_every_step,
    chart_has_the_sample_numbers,
    put_master_data_is_idempotent,
    content_changes_with_the_object,
    voucher_is_read_back_as_planned,
    posted_voucher_is_found_after_restart,
    posting_again_is_idempotent,
    concurrent_posting_posts_once,
    credit_note_mirrors_its_invoice,
    unknown_account_is_refused_by_entry,
    closed_period_is_refused,
    refusal_refreshes_the_chart,
    number_in_use_is_a_conflict,
    voucher_is_found_on_another_date,
    document_is_attached_once,
    invoice_and_accrual_are_posted_together,
    standalone_journal_is_posted_once,
    posted_vouchers_are_listed_by_date,
)


def _key(voucher: Voucher) -> str:
    """Return the external id, made from the number only."""
    return f"conformance-invoice-{voucher.number}"


def _posted_as_planned(kit: Kit, voucher: Voucher, status: PostingStatus) -> None:
    require(status.state == "posted" and status.posted is not None, f"not posted: {status}")
    if status.posted is not None:
        found_differences = differences(voucher, status.posted, kit.platform.chart())
        require(not found_differences, f"the journal differs from the plan: {found_differences}")
        require(status.posted.external_id == _key(voucher), "the voucher does not have the external id")
        unread, declared = status.posted.unread, kit.platform.capabilities.not_carried
        require(unread == declared, f"not read back: {sorted(unread)}; declared in not_carried: {sorted(declared)}")
    require(status.journal_number is not None, "it has no journal number")


def _refused(kit: Kit, voucher: Voucher, *more: Voucher) -> tuple[Problem, ...]:
    """Post a voucher that must be refused; return the problems. Nothing of it may be left behind."""
    try:
        status = kit.platform.post_voucher([voucher, *more], _key(voucher))
    except Refused as refused:
        require(bool(refused.problems), "refused without a reason")
        require(kit.ledger.count_vouchers(voucher.number) == 0, "something was left behind")
        require(kit.platform.find_voucher(voucher, _key(voucher)).state == "absent", "the refused voucher is found")
        return refused.problems
    raise NotConforming(f"the voucher was not refused: {status}")


@contextmanager
def _closed(kit: Kit) -> Iterator[None]:
    kit.ledger.close_period(kit.sample.closing_day)
    try:
        yield
    finally:
        kit.ledger.open_period(kit.sample.closing_day)
