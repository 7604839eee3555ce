"""The rows: a company, its Integration setup, and every change of it."""

from django.db import models


class Company(models.Model):
    """A company that uses Bilag."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    organisation_number = models.CharField(max_length=20, null=True)
    language = models.CharField(max_length=2, default="nb")
    live = models.BooleanField(default=False)
    live_since = models.DateField(null=True)
    """The first day live: nothing finalised before it goes by itself, unless the setup says otherwise."""
    paused = models.JSONField(null=True)
    """The problem that the company is paused for, or null."""
    paused_at = models.DateTimeField(null=True)
    webhook_token = models.TextField()
    """Encrypted: it is shown to members, and whoever has it may send hints."""
    webhook_digest = models.CharField(max_length=64, unique=True)
    last_hint_at = models.DateTimeField(null=True)
    """When a webhook of Moment arrived last, to the minute."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class IntegrationSetup(models.Model):
    """How a company is set up. `settings` holds all that is not secret, by section, as in the company file."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="setup")
    version = models.IntegerField(default=1)
    moment_base_url = models.CharField(max_length=500)
    moment_company_id = models.CharField(max_length=50)
    platform_kind = models.CharField(max_length=50)
    settings = models.JSONField(default=dict)
    secrets = models.TextField(default="")
    """Encrypted: all secrets by dotted name."""
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            # Two companies of Bilag on one company of Moment would post each invoice twice.
            models.UniqueConstraint(fields=["moment_base_url", "moment_company_id"], name="one_company_per_moment"),
        ]

    def __str__(self) -> str:
        return f"setup {self.version} of {self.company_id}"


class SetupChange(models.Model):
    """One field changed: when, by what, from what to what; secrets only as changed."""

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
    """How much of what another system allows in a minute is used up, by all workers together.

    Its table is unlogged: what a crash of the database loses of it, the other system tells again.
    """

    key = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the address and the account."""
    state = models.JSONField(default=list)
    """What the limiter's algorithm keeps."""

    def __str__(self) -> str:
        return f"allowance {self.key[:8]}"
