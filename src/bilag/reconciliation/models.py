"""The rows: a Reconciliation is one comparison of a period; a Finding is its result for one number."""

from django.db import models

from bilag.companies.models import Company


class Found(models.TextChoices):
    """The result for one number."""

    MATCHED = "matched"
    EXPLAINED = "explained"
    """In Moment only, for a reason: "do not transfer", before the first day, or nothing to post."""
    MISSING = "missing"
    DIFFERING = "differing"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    """A voucher within Bilag's number series that Moment does not have."""
    GAP = "gap"
    """A number between two invoices that neither system has."""
    UNDATED = "undated"
    """An invoice in Moment without a date that can be read: it may belong to this period or to another."""


WRONG = (Found.MISSING, Found.DIFFERING, Found.DUPLICATE, Found.UNKNOWN)
"""Findings that are wrong. A gap only needs its reason recorded: nothing is posted wrongly."""


class Why(models.TextChoices):
    """Why an invoice is missing in the journal."""

    UNDER_WAY = "under_way"
    NEEDS_PERSON = "needs_person"
    NOT_SENT = "not_sent"
    GONE = "gone"
    """It was posted once, or Moment says so, and the journal no longer has it."""
    REVERSED = "reversed"
    """Bilag posted it, and somebody reversed the voucher: it is not posted again."""


NO_LONGER_POSTED = (Why.GONE, Why.REVERSED)


class Phase(models.TextChoices):
    """The phases of a comparison."""

    JOURNAL = "journal"
    """It reads the journal."""
    INVOICES = "invoices"
    """It compares Moment's invoices with the journal."""
    REST = "rest"
    """It looks up the vouchers and the numbers that no invoice matched."""


class Reconciliation(models.Model):
    """One comparison of a period. The newest of a period replaces the earlier ones."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="reconciliations", db_index=False)
    first = models.DateField()
    last = models.DateField()
    """The last day; both days are included, by the date of the invoice and of the voucher."""
    origin = models.CharField(max_length=300, blank=True)
    """The person who requested it; empty: Bilag, automatically."""
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    """The count of each `Found`; `unread`: of invoices that the sums lack."""
    sums = models.JSONField(default=dict)
    """Sums by currency, including VAT, credit notes negative: moment, explained, journal, as text."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of all findings: two reconciliations with equal digests found the same."""
    problem = models.JSONField(null=True)
    """Why it stopped before its end. It then says nothing about the period."""
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.JOURNAL)
    vouchers_read = models.IntegerField(default=0)
    """How many vouchers of the journal were read so far."""
    compared = models.IntegerField(default=0)
    """How many invoices were compared so far."""

    class Meta:
        indexes = [models.Index(fields=["company", "-first", "-id"], name="reconciliation_list")]

    def __str__(self) -> str:
        return f"reconciliation {self.pk} of {self.company_id}, {self.first} to {self.last}"


class Finding(models.Model):
    """The finding of one number."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="findings", db_index=False)
    found = models.CharField(max_length=10, choices=Found.choices)
    number = models.BigIntegerField(null=True)
    """None: Moment's number cannot be read."""
    invoice_date = models.DateField(null=True)
    customer = models.CharField(max_length=50, blank=True)
    name = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """The total in Moment, including VAT; negative for a credit note. None: Moment has no such invoice, or it is `unread`."""
    unread = models.BooleanField(default=False)
    """Whether Moment has the invoice, but not in a form that can be read: the sums lack it."""
    posted_total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """The total in the journal, of all vouchers of the number. None: it has none."""
    voucher_date = models.DateField(null=True)
    journals = models.JSONField(default=list)
    """Journal numbers."""
    reason = models.CharField(max_length=50, blank=True)
    """Of an explained invoice: a skip reason. Of a missing one: a `Why`."""
    problems = models.JSONField(default=list)
    """Of a differing invoice: every difference. Of a missing one: what prevents its transfer."""
    cause = models.CharField(max_length=200, blank=True)
    """The common features of findings with one cause (`causes`); empty for findings that are only counted."""

    class Meta:
        indexes = [
            models.Index(fields=["run", "number"], name="finding_by_number"),
            models.Index(fields=["run", "found", "number"], name="finding_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.found}"


class ReplacedRun(models.Model):
    """The id of a comparison that a later one of its period replaced, so that its address leads to the later one."""

    id = models.BigIntegerField(primary_key=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    first = models.DateField()
    last = models.DateField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reconciliation {self.pk}, replaced"


class StagedVoucher(models.Model):
    """A voucher of the journal during a comparison; deleted at its end."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="staged", db_index=False)
    number = models.BigIntegerField()
    posted = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="staged_by_number")]

    def __str__(self) -> str:
        return f"voucher {self.number}"


class SignOff(models.Model):
    """A person's sign-off of a month. The figures are kept; the digest shows a later change."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sign_offs", db_index=False)
    month = models.DateField()
    """The first day of the month."""
    by = models.CharField(max_length=300)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    counts = models.JSONField()
    sums = models.JSONField()
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-month", "-id"], name="sign_off_list")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} of {self.company_id} signed by {self.by}"


class GapReason(models.Model):
    """The reason that a person recorded for a number that was never used."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="gap_reasons", db_index=False)
    number = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="one_reason_per_gap")]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"
