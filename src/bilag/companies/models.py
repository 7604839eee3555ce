"""The tables: a company, its Integration setup, and every change of it."""

from datetime import timedelta

from django.db import models

from bilag.companies.settings import DEFAULT_LANGUAGE

KEPT_AFTER_LEAVING = timedelta(days=30)
"""How long the secrets of a former ledger are kept, so that transfers in doubt can be looked up there."""


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
    """Encrypted. Members see it. Anyone who has it can send webhooks."""
    webhook_digest = models.CharField(max_length=64, unique=True)
    last_hint_at = models.DateTimeField(null=True)
    """When the last webhook arrived, to the minute."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class Ledger(models.Model):
    """The books of one client in an accounting system that a company posts to, or posted to earlier.

    Vouchers, transfers in doubt, accrued amounts and expense lines belong to the ledger they were made in.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="ledgers")
    key = models.CharField(max_length=300)
    """The client as the accounting system identifies it, such as "azets:S2041:123" (`PlatformKind.ledger_key`)."""
    platform_kind = models.CharField(max_length=50)
    entered_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    """When Bilag first sent something to it or read something from it. An unused ledger is replaced without questions."""
    left_at = models.DateTimeField(null=True)
    """When the company changed to another ledger. None: its present one."""
    settings = models.JSONField(default=dict)
    """Platform and dimensions when the company left it, so that transfers in doubt can be looked up there."""
    ahead = models.JSONField(null=True)
    """Vouchers found in it that the database does not know, after a restored backup (`bilag.transfers.intake.ahead`)."""
    secrets = models.TextField(default="")
    """Encrypted JSON: the secrets of that time. Removed after `KEPT_AFTER_LEAVING`."""

    class Meta:
        constraints = [
            # If two companies in Bilag shared a ledger, each would rename the other's customers.
            models.UniqueConstraint(fields=["key"], name="one_company_per_ledger"),
            models.UniqueConstraint(fields=["company"], condition=models.Q(left_at=None), name="one_present_ledger"),
        ]

    def __str__(self) -> str:
        return self.key


class Source(models.Model):
    """A company of Moment that a company in Bilag reads from, or read from earlier. Its transfers belong to it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sources")
    key = models.CharField(max_length=600)
    """Installation and company id (`bilag.moment.source`)."""
    entered_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)
    """When the company changed to another company of Moment. None: its present one."""

    class Meta:
        constraints = [
            # If two companies in Bilag used one company of Moment, each invoice would be posted twice.
            models.UniqueConstraint(fields=["key"], name="one_company_per_moment"),
            models.UniqueConstraint(fields=["company"], condition=models.Q(left_at=None), name="one_present_source"),
        ]

    def __str__(self) -> str:
        return self.key


class IntegrationSetup(models.Model):
    """How a company is set up. `settings` has everything that is not secret, by section, as in the company file."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="setup")
    version = models.IntegerField(default=1)
    moment_base_url = models.CharField(max_length=500)
    moment_company_id = models.CharField(max_length=50)
    platform_kind = models.CharField(max_length=50)
    ledger = models.OneToOneField(Ledger, on_delete=models.PROTECT, related_name="setup")
    """The company's present ledger."""
    source = models.OneToOneField(Source, on_delete=models.PROTECT, related_name="setup")
    """The company's present source."""
    settings = models.JSONField(default=dict)
    secrets = models.TextField(default="")
    """Encrypted JSON: all secrets by dotted name."""
    saved_at = models.DateTimeField(auto_now=True)

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


class AcceptedParties(models.Model):
    """The three parties that were accepted when the company went live, or that a person confirmed (`parties`). The newest row
    counts.

    It is valid only for the ledger and the company of Moment that it names, and for these names and numbers.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="accepted_parties")
    at = models.DateTimeField(auto_now_add=True)
    origin = models.CharField(max_length=300)
    confirmed = models.BooleanField()
    """True: a person confirmed that they are one company. False: their numbers or names agreed, or they were `kept`."""
    kept = models.BooleanField(default=False)
    """The company was live before Bilag compared them."""
    source = models.CharField(max_length=600)
    ledger = models.CharField(max_length=300)
    parties = models.JSONField(null=True)
    """Identities that were known to be shared with another company when a person confirmed."""
    twins = models.JSONField(default=list)
    """Identities that were known to be shared with another company when a person confirmed."""

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="accepted_parties_newest")]

    def __str__(self) -> str:
        return f"parties of {self.company_id}"


class Identity(models.Model):
    """How a company's Moment or ledger identifies itself, besides its address (`identities`)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="identities")
    value = models.CharField(max_length=300, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "value"], name="one_identity_each")]

    def __str__(self) -> str:
        return self.value


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
