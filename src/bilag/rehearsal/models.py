"""The rows: a Rehearsal is one comparison of a past period; a RehearsedInvoice is its result for one number."""

from django.db import models

from bilag.companies.models import Company
from bilag.rehearsal.numbering import Numbering


class Phase(models.TextChoices):
    """Where a rehearsal is. One that was interrupted continues in its phase."""

    INVOICES = "invoices"
    """It reads the period's invoices from Moment."""
    JOURNAL = "journal"
    """It reads the journal, month by month."""
    COMPARING = "comparing"
    CONCLUDING = "concluding"
    """It sums up, and compares the chart."""
    DONE = "done"


class Rehearsal(models.Model):
    """One rehearsal of a period."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="rehearsals", db_index=False)
    first = models.DateField()
    last = models.DateField()
    """The last day; both days are included, by the date of the invoice."""
    origin = models.CharField(max_length=300, blank=True)
    """The person who asked."""
    setup_version = models.IntegerField()
    """The version of the setup by which it compares."""
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.INVOICES)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    """Why it stopped before its end. It can be continued."""
    read_to = models.DateField()
    """The last day of the journal to read: that of the last month over which an invoice of the period spreads its income."""
    journal_read_to = models.DateField(null=True)
    """The last day of the journal that was read so far."""
    cursor = models.BigIntegerField(default=0)
    """The last row of the phase's finished steps: a `StagedPosting` while the journal is read, then the `StagedInvoice` that was
    compared last."""
    invoices = models.IntegerField(default=0)
    """How many invoices were read."""
    vouchers = models.IntegerField(default=0)
    """How many vouchers of invoices were read."""
    compared = models.IntegerField(default=0)
    voucher_numbers = models.TextField(default="0")
    """How voucher numbers follow from invoice numbers, as `Numbering.spelled` writes it."""
    counts = models.JSONField(default=dict)
    """The count of each `Result`."""
    sums = models.JSONField(default=dict)
    """Sums by currency, including VAT, credit notes negative: moment and journal, as text."""
    causes = models.JSONField(default=list)
    """The causes of differences, the most frequent first (`conclude`)."""
    stops = models.JSONField(default=list)
    """What would have stopped invoices, the most frequent first."""
    proposals = models.JSONField(default=list)
    """What the vouchers say of the setup (`proposals.Proposal`)."""
    accounts = models.IntegerField(default=0)
    """How many sales accounts of Moment were compared with the chart."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of all results: two rehearsals with equal digests found the same."""

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="rehearsal_list")]

    @property
    def numbering(self) -> Numbering:
        """How voucher numbers follow from invoice numbers."""
        return Numbering.read(self.voucher_numbers)

    def __str__(self) -> str:
        return f"rehearsal {self.pk} of {self.company_id}, {self.first} to {self.last}"


class RehearsedInvoice(models.Model):
    """The result of one number."""

    run = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="results", db_index=False)
    result = models.CharField(max_length=10)
    """A `compare.Result`."""
    number = models.BigIntegerField(null=True)
    """The invoice's number; of a voucher without invoice, the number it would have. None: it cannot be read."""
    invoice_date = models.DateField(null=True)
    customer = models.CharField(max_length=50, blank=True)
    name = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """The total in Moment, including VAT; negative for a credit note."""
    posted_total = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    voucher_date = models.DateField(null=True)
    voucher_number = models.BigIntegerField(null=True)
    journals = models.JSONField(default=list)
    """Journal numbers."""
    causes = models.JSONField(default=list)
    """Why it differs (`causes.Cause`)."""
    differences = models.JSONField(default=list)
    """Each difference of the voucher, field by field."""
    problems = models.JSONField(default=list)
    """What would have stopped the invoice."""
    evidence = models.JSONField(default=dict)
    """What the voucher says of each habit (`evidence`)."""

    class Meta:
        indexes = [
            models.Index(fields=["run", "number"], name="rehearsed_by_number"),
            models.Index(fields=["run", "result", "number"], name="rehearsed_by_result"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.result}"


class StagedInvoice(models.Model):
    """An invoice of the period during a rehearsal; deleted at its end."""

    run = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="staged_invoices", db_index=False)
    number = models.BigIntegerField()
    total = models.DecimalField(max_digits=24, decimal_places=2)
    currency = models.CharField(max_length=10)
    invoice = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["run", "id"], name="staged_invoice_order"),
            models.Index(fields=["run", "number"], name="staged_invoice_number"),
        ]

    def __str__(self) -> str:
        return f"invoice {self.number}"


class StagedPosting(models.Model):
    """A voucher of an invoice, or one that spreads income, during a rehearsal; deleted at its end."""

    run = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="staged_postings", db_index=False)
    sale = models.BooleanField()
    """Whether it is the voucher of an invoice or credit note."""
    number = models.BigIntegerField()
    """The voucher's number; of one that spreads income, the voucher number it names. 0: it names an invoice."""
    about = models.BigIntegerField(default=0)
    """The invoice that the text of a voucher that spreads income names; 0: none."""
    total = models.DecimalField(max_digits=24, decimal_places=2)
    currency = models.CharField(max_length=10)
    posted = models.JSONField()
    met = models.BooleanField(default=False)
    """Whether its invoice was read."""

    class Meta:
        indexes = [
            models.Index(fields=["run", "sale", "number"], name="staged_posting_number"),
            models.Index(fields=["run", "about"], name="staged_posting_about"),
        ]

    def __str__(self) -> str:
        return f"voucher {self.number}"


class RehearsalSignOff(models.Model):
    """A person's sign-off of a rehearsal: kept in the control trail, also when the rehearsal is removed."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="rehearsal_sign_offs", db_index=False)
    first = models.DateField()
    last = models.DateField()
    by = models.CharField(max_length=300)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    counts = models.JSONField()
    sums = models.JSONField()
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="rehearsal_sign_offs")]

    def __str__(self) -> str:
        return f"{self.first} to {self.last} of {self.company_id} signed by {self.by}"
