"""Attach the document of an invoice to its voucher, if the accounting system takes documents.

It runs after posting and apart from it: a failure leaves the voucher as it is. The platform attaches one document once by its
key, so after a lost answer it can be sent again.
"""

import tempfile
from datetime import timedelta
from typing import BinaryIO, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.models import IntegrationSetup
from bilag.companies.setup import Setup
from bilag.jobs import backoff
from bilag.jobs.lease import Busy, held
from bilag.moment.client import MomentClient
from bilag.moment.expense import StoredDocument
from bilag.platforms.base import AccountingPlatform, Attachment
from bilag.posting.problem import Problem
from bilag.transfers import enqueue, plan_json
from bilag.transfers.external_ids import document_key, external_id
from bilag.transfers.locking import locked
from bilag.transfers.models import Attempt, DocumentState, State, Transfer, VoucherDocument
from bilag.wire.errors import EdgeError, Refused

PDF = "application/pdf"
MOST_AT_ONCE = 50
IN_MEMORY_BYTES = 1024 * 1024
MAY_COME_FOR = timedelta(days=1)
OF_EXPENSES = frozenset({"document_unknown", "document_type_unknown"})
"""Problems whose sentences are about an expense."""
LOOK_AGAIN_IN = timedelta(minutes=15)


def want(setup: Setup, transfer: Transfer, platform: AccountingPlatform) -> None:
    """Note that the invoice's document belongs to the voucher that was just proven, if the client takes documents and the setup
    says that it is to be attached."""
    if not setup.export.attachments:
        return
    try:
        takes_documents = platform.chart().largest_attachment > 0
    except EdgeError:
        takes_documents = True  # the job checks again: this must not delay the voucher
    if takes_documents:
        VoucherDocument.objects.get_or_create(transfer=transfer, defaults={"company_id": transfer.company_id})


def ask_all() -> None:
    """Enqueue the documents that are due, one job for each company."""
    for company_id in _due().order_by().values_list("company", flat=True).distinct():
        enqueue.ask_documents(company_id)


def attach_due(company_id: int) -> None:
    """Attach the company's due documents, except those that another process is working on. Raises nothing that another system
    can cause.
    """
    setup = store.load_setup(company_id)
    if setup.paused is not None or not setup.live or not setup.export.attachments:
        return
    try:
        with held("documents", company_id):
            for row in _due().filter(company=company_id).select_related("transfer").order_by("pk")[:MOST_AT_ONCE]:
                if not _attach(setup, row):
                    return
    except Busy:
        return


def _due() -> QuerySet[VoucherDocument]:
    """Return those to try now, without those of a company whose setup attaches none: they are kept until it does.

    A failed one is tried once more when its transfer is done again, because a person retried it.
    """
    now = timezone.now()
    switched_off = IntegrationSetup.objects.filter(settings__export__attachments=False).values("company")
    begun = Q(state=DocumentState.DUE) & (Q(next_at=None) | Q(next_at__lte=now))
    due = VoucherDocument.objects.filter(begun | Q(state=DocumentState.FAILED), transfer__state=State.DONE)
    return due.exclude(company__in=switched_off)


def _attach(setup: Setup, row: VoucherDocument) -> bool:
    """Try to attach one. Return whether both systems answer, so that the next can be tried."""
    if row.state == DocumentState.FAILED:
        row.state, row.failures, row.begun_at = DocumentState.DUE, 0, timezone.now()
    try:
        _attach_all(setup, row, moment_for(setup), platform_for(setup))
    except Refused as refused:
        _give_up(row, refused.problems[0])
    except EdgeError as error:
        row.failures += 1
        if timezone.now() - row.begun_at > backoff.scaled(backoff.GIVE_UP_AFTER):
            _give_up(row, error.problems[0])
            return False
        row.problem = error.problems[0].as_json()
        row.next_at = timezone.now() + backoff.pause_after(row.failures)
        row.save()
        return False
    return True


def _attach_all(setup: Setup, row: VoucherDocument, moment: MomentClient, platform: AccountingPlatform) -> None:
    """Attach every PDF that Moment has of the invoice. Raises the errors of both systems."""
    largest = platform.chart().largest_attachment
    of_invoice = moment.invoice_documents.of(row.transfer.moment_id or 0)
    documents = [one for one in of_invoice if one.content_type.partition(";")[0].strip().lower() == PDF]
    known = {one["id"] for one in row.attached}
    if largest:
        for document in documents:
            if document.moment_id not in known:
                _attach_one(setup, row, moment, platform, document, largest)
    elif not known:
        documents = []
    if not documents and largest and timezone.now() - row.begun_at < backoff.scaled(MAY_COME_FOR):
        row.next_at = timezone.now() + backoff.scaled(LOOK_AGAIN_IN)  # Moment creates the document after the invoice
        row.save()
        return
    row.state = DocumentState.ATTACHED if row.attached else DocumentState.NONE
    row.problem, row.next_at, row.done_at = None, None, timezone.now()
    row.save()


def _attach_one(
    setup: Setup,
    row: VoucherDocument,
    moment: MomentClient,
    platform: AccountingPlatform,
    document: StoredDocument,
    largest: int,
) -> None:
    transfer = row.transfer
    sent = Attempt.objects.of([transfer]).filter(ledger=transfer.ledger_id, plan__isnull=False).order_by("-pk")
    vouchers = plan_json.from_json(sent.values_list("plan", flat=True).first() or ())
    if not vouchers:  # an earlier version of Bilag did not store it
        raise Refused([Problem("voucher_unknown", f"invoice {transfer.number}", {"number": transfer.number})])
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as spooled:
        file = cast(BinaryIO, spooled)
        moment.invoice_documents.download(transfer.moment_id or 0, document, file, max_bytes=largest)
        size = file.tell()
        file.seek(0)
        key = document_key(setup, document.moment_id)
        attachment = Attachment(key, document.file_name, PDF, size)
        platform.attach_document(vouchers[0], external_id(setup, int(transfer.number)), attachment, file)
    row.attached = [*row.attached, {"id": document.moment_id, "name": document.file_name}]
    row.save()


def _give_up(row: VoucherDocument, problem: Problem) -> None:
    """Notify a person, once. The voucher stays without its document until that person retries the transfer."""
    row.problem, row.next_at = problem.as_json(), None
    with transaction.atomic():
        if row.told:
            row.state = DocumentState.LEFT
        else:
            for transfer in locked(Transfer.objects.filter(pk=row.transfer_id, state=State.DONE)):
                cause = {} if problem.code in OF_EXPENSES else {"cause": problem.code}
                facts = {"number": transfer.number, **cause}
                told = Problem("document_not_attached", f"invoice {transfer.number}", facts, problem.said)
                transfer.state, transfer.problems = State.NEEDS_ATTENTION, [told.as_json()]
                transfer.save(update_fields=["state", "problems", "updated_at"])
                row.state, row.told = DocumentState.FAILED, True
        row.save()
