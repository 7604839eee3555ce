"""Open problems that people were notified of, and the emails to them."""

from django.db import models

from bilag.companies.models import Company


class OpenCause(models.Model):
    """An open problem that people were notified of: one for each cause and company, closed when it is resolved."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="open_causes", db_index=False)
    key = models.CharField(max_length=300)
    problem = models.JSONField()
    count = models.IntegerField()
    """How many objects it affects."""
    example = models.CharField(max_length=200, blank=True)
    """One of them: invoice 10042."""
    path = models.CharField(max_length=500)
    """The page that shows it and offers a retry, below the company's address."""
    thread = models.CharField(max_length=100, blank=True)
    """The message id of the first email about it, without the sender's domain. Later emails about it refer to that one."""
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "key"], condition=models.Q(closed_at=None), name="one_open_cause_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.company_id}"


class Letter(models.Model):
    """An email to one address: created in one commit with its open causes, sent by a job, and kept."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="letters", db_index=False)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, blank=True)
    """Why it is sent: an `EmailKind`."""
    sender = models.CharField(max_length=200, blank=True)
    """The company's name, which the recipient sees beside the sender's address."""
    message_id = models.CharField(max_length=100, blank=True)
    """The message id, without the sender's domain; empty: one of its own."""
    threads = models.JSONField(default=list)
    """The message ids of the first emails about the same causes, without the sender's domain."""
    text = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    refused = models.CharField(max_length=500, blank=True)
    """The mail server's message when it rejected this address for good."""
    next_at = models.DateTimeField(null=True)
    """When it is due. While a job sends it, the time at which another job may take it up, should that one have died."""
    claims = models.IntegerField(default=0)
    """How often a job took it up. A job records a failure only if no other took the email up since."""

    class Meta:
        indexes = [
            models.Index(fields=["company", "-id"], name="letter_list"),
            models.Index(fields=["next_at"], condition=models.Q(sent_at=None, refused=""), name="letter_due"),
            models.Index(fields=["company", "written_at"], condition=~models.Q(refused=""), name="letter_refused"),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} of {self.company_id}"


class LastLook(models.Model):
    """The state of a company when its open problems were last compared: a stamp of everything that they depend on."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="last_look", primary_key=True)
    stamp = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"stamp of {self.company_id}"
