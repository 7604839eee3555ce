"""The rows: a Reconciliation is one comparison of a period, a Finding what it found of one number."""

from django.db import models

from bilag.companies.models import Company


class Found(models.TextChoices):
    """What came of one number."""

    MATCHED = "matched"
    EXPLAINED = "explained"
    """In Moment only, for a reason: set to "do not transfer", before the first day, nothing to post."""
    MISSING = "missing"
    DIFFERING = "differing"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    """A voucher in the series that Moment does not know."""
    GAP = "gap"
    """A number between two invoices that neither side has."""


WRONG = (Found.MISSING, Found.DIFFERING, Found.DUPLICATE, Found.UNKNOWN)
"""What is not as it should be. A gap is told, and wants its reason recorded, but nothing is posted wrongly."""


class Why(models.TextChoices):
    """Why an invoice is missing in the journal."""

    UNDER_WAY = "under_way"
    NEEDS_PERSON = "needs_person"
    NOT_SENT = "not_sent"
    GONE = "gone"
    """It was posted once, or Moment says so, and the journal has it no more."""


class Reconciliation(models.Model):
    """One comparison of a period. The newest one of a period replaces those before it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="reconciliations", db_index=False)
    first = models.DateField()
    last = models.DateField()
    """Both included; by the date of the invoice and of the voucher."""
    origin = models.CharField(max_length=300, blank=True)
    """Who asked for it; empty = Bilag by itself."""
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    """How many of each `Found`."""
    sums = models.JSONField(default=dict)
    """By currency, including VAT, credit notes negative: moment, explained, journal, as texts."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of all findings: two reconciliations with the same one found the same."""
    problem = models.JSONField(null=True)
    """Why it stopped before its end. Then it says nothing about the period."""

    class Meta:
        indexes = [models.Index(fields=["company", "-first", "-id"], name="reconciliation_list")]

    def __str__(self) -> str:
        return f"reconciliation {self.pk} of {self.company_id}, {self.first} to {self.last}"


class Finding(models.Model):
    """What was found of one number."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="findings", db_index=False)
    found = models.CharField(max_length=10, choices=Found.choices)
    number = models.BigIntegerField()
    invoice_date = models.DateField(null=True)
    customer = models.CharField(max_length=50, blank=True)
    name = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """In Moment, including VAT; a credit note is negative. None: Moment has no such invoice."""
    posted_total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """In the journal, all vouchers of the number together. None: there is none."""
    voucher_date = models.DateField(null=True)
    journals = models.JSONField(default=list)
    """Journal numbers."""
    reason = models.CharField(max_length=50, blank=True)
    """Of explained: why it stayed in Moment. Of missing: a `Why`."""
    problems = models.JSONField(default=list)
    """Of differing: every difference. Of missing: what stands in the way."""

    class Meta:
        indexes = [
            models.Index(fields=["run", "number"], name="finding_by_number"),
            models.Index(fields=["run", "found", "number"], name="finding_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.found}"


class StagedVoucher(models.Model):
    """A voucher of the journal while its period is compared; none are left afterwards."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="staged", db_index=False)
    number = models.BigIntegerField()
    posted = models.JSONField()
    met = models.BooleanField(default=False)
    """Its invoice has been seen."""

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="staged_by_number")]

    def __str__(self) -> str:
        return f"voucher {self.number}"


class SignOff(models.Model):
    """Somebody signed for a month. What was signed is kept in figures; a later change shows by the digest."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sign_offs", db_index=False)
    month = models.DateField()
    """Its first day."""
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
    """Why a number in the series was never used, as a person recorded it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="gap_reasons", db_index=False)
    number = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="one_reason_per_gap")]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"
