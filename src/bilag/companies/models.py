"""The tables: a company, its Integration setup, and every change of it."""

from django.db import models

from bilag.companies.settings import DEFAULT_LANGUAGE


class Company(models.Model):
    """A company that uses Bilag."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    organisation_number = models.CharField(max_length=20, null=True)
    language = models.CharField(max_length=2, default=DEFAULT_LANGUAGE)
    live = models.BooleanField(default=False)
    live_since = models.DateField(null=True)
    """The first day live. Earlier invoices are not transferred automatically, unless the setup says so."""
    paused = models.JSONField(null=True)
    """The problem for which the company is paused, or null."""
    paused_at = models.DateTimeField(null=True)
    webhook_token = models.TextField()
    """Encrypted. Members see it; whoever has it can send webhooks."""
    webhook_digest = models.CharField(max_length=64, unique=True)
    last_hint_at = models.DateTimeField(null=True)
    """When the last webhook arrived, to the minute."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class IntegrationSetup(models.Model):
    """How a company is set up. `settings` has everything that is not secret, by section, as in the company file."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="setup")
    version = models.IntegerField(default=1)
    moment_base_url = models.CharField(max_length=500)
    moment_company_id = models.CharField(max_length=50)
    platform_kind = models.CharField(max_length=50)
    settings = models.JSONField(default=dict)
    secrets = models.TextField(default="")
    """Encrypted JSON: all secrets by dotted name."""
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            # If two companies in Bilag used one company of Moment, each invoice would be posted twice.
            models.UniqueConstraint(fields=["moment_base_url", "moment_company_id"], name="one_company_per_moment"),
        ]

    def __str__(self) -> str:
        return f"setup {self.version} of {self.company_id}"


class SetupChange(models.Model):
    """One changed setting: when, by whom, old and new value; of a secret only that it changed."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="setup_changes")
    at = models.DateTimeField(auto_now_add=True)
    origin = models.CharField(max_length=300)
    version = models.IntegerField()
    field = models.CharField(max_length=100)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="setup_change_list")]

    def __str__(self) -> str:
        return f"{self.field} in setup {self.version}"


class Allowance(models.Model):
    """How much of an account's requests a minute all workers together have used.

    The table is unlogged. If a crash of the database loses it, the other system answers 429 once more.
    """

    key = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the address and the account."""
    state = models.JSONField(default=list)
    """The state of the rate limiter's algorithm."""

    def __str__(self) -> str:
        return f"allowance {self.key[:8]}"
