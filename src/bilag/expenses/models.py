"""The rows: an ExpenseLine is one posted line and its state; an ExpenseImport is one reading of the report."""

from django.db import models
from django.db.models import Q

from bilag.companies.models import Company


class LineState(models.TextChoices):
    """The state of a posted line."""

    WAITING = "waiting"
    """This import, or the next one, sends it."""
    SENDING = "sending"
    """Sent, and the answer is not known: Bilag looks it up by its key before it sends it again."""
    NEEDS_ATTENTION = "needs_attention"
    IGNORED = "ignored"
    DONE = "done"


class ExpenseImport(models.Model):
    """One reading of the report, and its result."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="expense_imports", db_index=False)
    origin = models.CharField(max_length=300, blank=True)
    """The person who asked; empty: Bilag, automatically."""
    report = models.CharField(max_length=60, blank=True)
    first_day = models.DateField(null=True)
    """The earliest value date that was read again; None: only lines posted since the last import were read."""
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    """Counts of lines: read, known (in Moment already), done, waiting, needs_attention and ignored.REASON; and of documents."""
    problem = models.JSONField(null=True)
    """Why it stopped before its end."""

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="expense_import_list")]

    def __str__(self) -> str:
        return f"expense import {self.pk} of {self.company_id}"


class ExpenseMark(models.Model):
    """How far the report was read."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="expense_mark")
    ledger_key = models.CharField(max_length=300, blank=True)
    source_key = models.CharField(max_length=600, blank=True)
    """The ledger and the Moment of the last import; see `ExpenseLine`."""
    report = models.CharField(max_length=60, blank=True)
    cursor = models.CharField(max_length=200, null=True)
    positioned = models.BooleanField(default=False)
    """Whether the cursor is after everything that was posted when the report was first read."""
    looked_back_on = models.DateField(null=True)
    """The last day on which the look-back was read; None: due now."""
    setup_version = models.IntegerField(default=0)
    """The setup's version then: another setup may import lines that an earlier one ignored."""
    activities_sent = models.JSONField(default=dict)
    """By project id and name, the time at which an activity was sent to Moment whose answer is not known."""
    generation = models.IntegerField(default=0)
    """The count of imports: only the newest one moves the position (`writes`)."""

    def __str__(self) -> str:
        return f"report {self.report or 'standard'} of {self.company_id} read to {self.cursor}"


class ExpenseLine(models.Model):
    """One posted line. (journal, entry) identifies it in its ledger; a line that could not be read has `place` and a problem
    instead."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="expense_lines", db_index=False)
    ledger_key = models.CharField(max_length=300, blank=True)
    """The key of the ledger that it was read from; empty: an earlier version of Bilag did not store it."""
    source_key = models.CharField(max_length=600, blank=True)
    """The key of the source for which it was read; empty: an earlier one than that of the upgrade."""
    journal = models.BigIntegerField(null=True)
    entry = models.BigIntegerField(null=True)
    place = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=LineState.choices)
    reason = models.CharField(max_length=50, null=True)
    problems = models.JSONField(default=list)
    needs_review = models.BooleanField(default=False)
    """Whether a person should review it although it was imported: its reversal met an invoiced expense, a document was left
    out, or Moment has its expense twice.
    """
    line = models.JSONField(default=dict)
    """The line as the platform returned it, in Bilag's terms."""

    voucher_date = models.DateField(null=True)
    voucher_number = models.BigIntegerField(null=True)
    account = models.CharField(max_length=50, blank=True)
    net = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    supplier = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=300, blank=True)
    project = models.CharField(max_length=200, blank=True)
    """The value of the project's organisational unit."""
    billable = models.BooleanField(null=True)
    """Whether it is billable; None: the project's price model decides, else the company's default."""
    reverses = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="reversed_by")
    reverses_journal = models.BigIntegerField(null=True)
    reverses_entry = models.BigIntegerField(null=True)
    """The line that this one reverses, also while Bilag does not know it."""
    settle_again = models.BooleanField(default=False)
    """Whether a person's decision requires new decisions on the other lines of its chain, which the next import makes."""

    external_key = models.CharField(max_length=100, blank=True)
    """The expense's key in Moment, fixed when it is first sent, so that a later change of the client id does not change it."""
    moment_project_id = models.BigIntegerField(null=True)
    moment_id = models.BigIntegerField(null=True)
    """The id of the expense in Moment."""
    sent_at = models.DateTimeField(null=True)
    """When it was sent to Moment; None again once the request is known to have had no effect."""
    done_at = models.DateTimeField(null=True)
    count_at = models.DateTimeField(null=True)
    """When an import counts its expenses in Moment next (`doubles`); None: they were counted."""
    documents = models.JSONField(default=list)
    """Each {id, name, size, attachment_id, problem}: attachment_id once it is in Moment, problem if it was left out."""
    documents_due = models.BooleanField(default=False)
    generation = models.IntegerField(default=0)
    """The count of its changes: a process changes the line only as it read it (`writes`)."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "ledger_key", "source_key", "journal", "entry"], name="one_line_per_entry"
            ),
            models.UniqueConstraint(
                fields=["company", "ledger_key", "source_key", "place"],
                condition=Q(journal__isnull=True),
                name="one_line_per_place",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(moment_id__isnull=False), name="done_lines_are_in_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="expense_line_list"),
            models.Index(fields=["company", "state", "-id"], name="expense_line_by_state"),
            models.Index(fields=["company", "reason", "-id"], name="expense_line_by_reason"),
            models.Index(
                fields=["company", "id"],
                condition=Q(state__in=["waiting", "sending", "needs_attention"]) | Q(documents_due=True),
                name="expense_line_due",
            ),
            models.Index(fields=["company", "-id"], condition=Q(needs_review=True), name="expense_line_needs_review"),
            models.Index(fields=["company", "project"], name="expense_line_by_project"),
            models.Index(
                fields=["company", "count_at"], condition=Q(count_at__isnull=False), name="expense_line_to_count"
            ),
            models.Index(fields=["company", "journal", "entry"], name="expense_line_by_entry"),
            models.Index(
                fields=["company", "reverses_journal", "reverses_entry"],
                condition=Q(reverses_journal__isnull=False),
                name="expense_line_by_reversed",
            ),
            models.Index(fields=["company", "id"], condition=Q(settle_again=True), name="expense_line_to_settle_again"),
        ]

    def __str__(self) -> str:
        return f"line {self.journal}/{self.entry}: {self.state}"

    @property
    def may_be_in_moment(self) -> bool:
        """Whether the line is in Moment, or was sent and its answer is not known."""
        return self.state == LineState.DONE or self.sent_at is not None

    @property
    def lacks_documents(self) -> bool:
        """Whether the line has documents that are neither in Moment nor left out."""
        return any(one.get("attachment_id") is None and one.get("problem") is None for one in self.documents)

    @property
    def number(self) -> str:
        """The name that people see: journal number / entry number."""
        return f"{self.journal}/{self.entry}" if self.journal is not None else self.place
