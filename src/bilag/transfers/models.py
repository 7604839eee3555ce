"""The rows: a Transfer is one object's state in accounting; an Attempt is one try, never changed after it ended."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from bilag.companies.models import Company, Ledger, Source
from bilag.transfers.company_words import OfCompany
from bilag.transfers.packed_json import PackedJsonField


class Kind(models.TextChoices):
    """The kind of object that is transferred."""

    CUSTOMER = "customer"
    PROJECT = "project"
    INVOICE = "invoice"
    ACCRUED = "accrued"
    """Accrued income of a project and month: given by a person, not by Moment (docs/decisions/0007-accrual.md)."""


SHIPPED = (Kind.INVOICE, Kind.ACCRUED)
"""Kinds that become vouchers. A voucher is in one ledger and is never sent to another automatically."""
MOMENT_KINDS = (Kind.CUSTOMER, Kind.PROJECT, Kind.INVOICE)
"""Kinds that Moment's webhooks and polls name, and that a person requests by Moment's number."""


class State(models.TextChoices):
    """The state of a transfer (DESIGN, transfers/)."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    WAITING = "waiting"
    NEEDS_ATTENTION = "needs_attention"
    SKIPPED = "skipped"
    DONE = "done"


ACTIVE = (State.QUEUED, State.SENDING, State.IN_DOUBT, State.WAITING)
"""States in which the queue has a job for the transfer."""


class Verdict(StrEnum):
    """How an attempt ended."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """Accounting has this content already."""
    SKIPPED = "skipped"
    CREATED = "created"
    """Stored in accounting, and not posted yet."""
    REFUSED = "refused"
    DIFFERS = "differs"
    """The journal differs from the plan."""
    IN_DOUBT = "in_doubt"
    UNAVAILABLE = "unavailable"
    MISCONFIGURED = "misconfigured"
    INTERRUPTED = "interrupted"
    """The process died, and its requests may have arrived."""
    INTERNAL_ERROR = "internal_error"
    """A fault of Bilag."""


GOOD_VERDICTS = (Verdict.DONE, Verdict.UNCHANGED, Verdict.SKIPPED, Verdict.CREATED)
WENT_WRONG = ~models.Q(verdict__in=GOOD_VERDICTS) & models.Q(verdict__isnull=False)
"""Attempts that the log shows as failed. They are few, so an index holds them."""


class Transfer(models.Model):
    """One object of a company: one row for each (source, kind, number). Ten changes of a customer are one transfer."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="transfers")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="transfers", db_index=False)
    """The Moment that it belongs to. Another Moment's object of the same number is another transfer."""
    ledger = models.ForeignKey(Ledger, null=True, on_delete=models.PROTECT, related_name="transfers", db_index=False)
    """The ledger that has or may have its voucher; None: surely none has. Only of invoices and accrued income."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.CharField(max_length=200)
    moment_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=50, null=True)
    problems = models.JSONField(default=list)
    excluded_as = models.CharField(max_length=20, null=True)
    """An `ExcludedAs`: how the person who excluded it classified it; null if they did not."""
    exclusion_note = models.CharField(max_length=300, null=True)
    """The reason for the exclusion, in that person's words. Both apply only while the skip reason is `excluded`."""

    request_count = models.IntegerField(default=1)
    """Counts requests. A request that arrives during a try makes the transfer run again."""
    manual = models.BooleanField(default=False)
    """A person requested it: state filters and the first date do not apply. Reset at the end of the try: done, skipped or
    refused.
    """
    manual_at = models.DateTimeField(null=True)
    """When the person asked. A later request, made during the try, does not end with it."""
    export_status = models.CharField(max_length=50, null=True)
    """An invoice's export status when Bilag last read it: the one that a person who requests the invoice has seen."""
    hinted_at = models.DateTimeField()
    """When the present version was first received. A retry does not change it."""
    requested_at = models.DateTimeField(null=True)
    """When it was last queued."""
    requeued_at = models.DateTimeField(null=True)
    """When it was last found due without a job."""
    cause = models.CharField(max_length=300, blank=True)
    """The last request: webhook, poll, reconciliation, or the person who made it."""
    attempt_count = models.IntegerField(default=0, db_default=0)
    """The number of its attempts, including those that retention has deleted."""
    next_at = models.DateTimeField(null=True)
    doubt_since = models.DateTimeField(null=True)
    """When a request was sent whose outcome is unknown. It is looked up before anything is sent again."""
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    blocked_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="blocking")
    """The transfer that a person must fix first; of a credit note that was closed with its invoice, that invoice."""

    accepted_hash = models.CharField(max_length=64, null=True)
    """The hash of the content that accounting last accepted. Equal content is not sent again."""
    moment_version = models.BigIntegerField(null=True)
    """Moment's version of the object when the transfer last ended. The poll passes over an object of the same version."""
    voucher_number = models.BigIntegerField(null=True)
    journal_number = models.BigIntegerField(null=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, null=True)
    customer_number = models.CharField(max_length=50, null=True)
    name = models.CharField(max_length=200, null=True)
    """The name of the customer or project; of an invoice, its customer's name."""
    credited_number = models.BigIntegerField(null=True)
    """The invoice that a credit note credits, as Bilag last read it."""
    name_words = models.GeneratedField(
        expression=SearchVector("name", config="simple"), output_field=SearchVectorField(), db_persist=True
    )
    """The words that the list is searched by, through an index of the words of each company (`OfCompany`)."""
    unit_value = models.CharField(max_length=200, null=True)
    """A project's value in its organisational unit: 0012 and 12 are one value in a unit of whole numbers."""

    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "number"], name="one_transfer_per_object"),
            models.UniqueConstraint(fields=["source", "kind", "unit_value"], name="one_object_per_unit_value"),
        ]
        indexes = [
            models.Index(fields=["company", "kind", "number"], name="transfer_by_number"),
            models.Index(fields=["company", "kind", "state", "-id"], name="transfer_list"),
            models.Index(fields=["company", "-id"], name="transfer_newest"),
            models.Index(fields=["company", "state", "-id"], name="transfer_by_state"),
            models.Index(fields=["company", "-done_at"], name="transfer_by_done"),
            models.Index(fields=["company", "total", "id"], name="transfer_by_total"),
            models.Index(fields=["company", "customer_number"], name="transfer_by_customer"),
            # Finds the beginnings of words in names; trigrams would need an extension that the embedded server lacks.
            GinIndex(OfCompany("name_words", "company_id", kind="tsvector"), name="transfer_company_words"),
            # The overview counts the excluded ones that somebody still has to post: few among the skipped.
            models.Index(
                fields=["company", "excluded_as"], condition=models.Q(reason="excluded"), name="transfer_excluded"
            ),
            # It contains every column that the console counts, so that no row is read.
            models.Index(
                fields=["state", "next_at"],
                include=["company", "hinted_at"],
                condition=~models.Q(state__in=["done", "skipped"]),
                name="transfer_open",
            ),
            # A block range index for retention, which looks for old rows: a few bytes for a hundred pages.
            BrinIndex(fields=["updated_at"], name="transfer_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.state}"


CLOCKS_DIFFER = timedelta(days=1)
"""Attempt and transfer are written by machines whose clocks differ by less than this."""


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Attempts of transfers. The table has a partition for each month: a query without a time reads all of them."""

    def of(self, transfers: Collection[Transfer]) -> "AttemptQuerySet":
        """Return the attempts of these transfers. Only the months since the oldest of them was received are read."""
        if not transfers:
            return self.none()
        since = min(one.created_at for one in transfers) - CLOCKS_DIFFER
        return self.filter(transfer__in=[one.pk for one in transfers], began_at__gte=since)

    def this(self, attempt: "Attempt") -> "AttemptQuerySet":
        """Return this attempt's row, to be updated. `Attempt.save` would look for it in every month."""
        return self.filter(pk=attempt.pk, began_at=attempt.began_at)


class Attempt(models.Model):
    """One try: committed before the request leaves, closed once, never changed after it ended.

    Its table is partitioned by `began_at` (`bilag.transfers.attempt_months`).
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="attempts")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=30, null=True)
    """A `Verdict`; None while the try runs."""
    setup_version = models.IntegerField()
    ledger = models.ForeignKey(Ledger, null=True, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    """The ledger it sent to; None if it ended before a request was sent."""
    plan = PackedJsonField(null=True)
    """The vouchers that it sent (`bilag.transfers.plan_json`). The journal is compared with these."""
    cause = models.CharField(max_length=300, blank=True)
    """The request it answers: webhook, poll, reconciliation, or the person who made it."""
    source_hash = models.CharField(max_length=64, null=True)
    source = PackedJsonField(null=True)
    """The object as Moment gave it, in Bilag's terms."""
    exchanges = PackedJsonField(default=list)
    """Requests and answers, with secrets removed."""
    problems = models.JSONField(default=list)
    voucher_number = models.BigIntegerField(null=True)
    """The voucher's number when the try ended. The transfer's own number may change with a later try."""
    journal_number = models.BigIntegerField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["transfer", "-id"], name="attempt_of_transfer"),
            models.Index(fields=["company", "-began_at"], name="attempt_of_company"),
            models.Index(fields=["company", "-began_at", "-id"], condition=WENT_WRONG, name="attempt_gone_wrong"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk} of transfer {self.transfer_id}: {self.verdict or 'running'}"


class DocumentState(models.TextChoices):
    """The state of an invoice's document on its way to the voucher."""

    DUE = "due"
    ATTACHED = "attached"
    NONE = "none"
    """Moment has no document, or the accounting system takes none from this client any more."""
    FAILED = "failed"
    """A person was notified. It is tried once more when the transfer is done again."""
    LEFT = "left"
    """It failed again after a person was notified: the voucher stays without it."""


class VoucherDocument(models.Model):
    """The document of a posted invoice, if the accounting system takes documents. Created with the proof of posting."""

    transfer = models.OneToOneField(Transfer, on_delete=models.CASCADE, related_name="document")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="voucher_documents")
    state = models.CharField(max_length=10, choices=DocumentState.choices, default=DocumentState.DUE)
    attached = models.JSONField(default=list)
    """The documents that are attached: Moment's `id` and `name`."""
    problem = models.JSONField(null=True)
    """Why the last try failed."""
    told = models.BooleanField(default=False)
    failures = models.IntegerField(default=0)
    begun_at = models.DateTimeField(auto_now_add=True)
    """When it became due; later, when it was begun again."""
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["company", "next_at"],
                condition=models.Q(state__in=["due", "failed"]),
                name="voucher_document_due",
            )
        ]

    def __str__(self) -> str:
        return f"document of transfer {self.transfer_id}: {self.state}"


class PollMark(models.Model):
    """How far Moment's list of changes was read, for each kind of object."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="poll_marks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    modified_at = models.DateTimeField(null=True)
    """The newest change read, by Moment's clock. None: the next poll reads everything."""
    polled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind"], name="one_mark_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} seen until {self.modified_at}"


class AccruedAmount(models.Model):
    """An amount of accrued income that a person entered for a project and month. Rows never change: a new amount is a new row.

    A row posts `amount` less what the earlier rows posted in its ledger, so their sum is the latest amount.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="accrued_amounts")
    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="accrued_amounts", db_index=False)
    """What was posted in one ledger does not count in another."""
    month = models.DateField()
    """Its first day."""
    project = models.CharField(max_length=50)
    sequence = models.IntegerField()
    """Counts from 1 within company, month and project; a part of the external id."""
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    """The income that is earned and not invoiced at the end of the month, in the company's currency."""
    transfer = models.OneToOneField(Transfer, on_delete=models.CASCADE, related_name="accrued_amount")
    given_at = models.DateTimeField(auto_now_add=True)
    origin = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "month", "project", "sequence"], name="one_accrued_amount_per_sequence"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.project} #{self.sequence}: {self.amount}"
