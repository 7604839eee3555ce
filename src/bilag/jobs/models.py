"""What the processes on one database agree on: leases (`bilag.jobs.lease`), keys (`bilag.service.admission`), and
where the database stands (`bilag.service.restored`)."""

from django.db import models


class Lease(models.Model):
    """What a process works on alone, until it expires. A row exists only while somebody holds it.

    The table is unlogged: a crash of the database ends every lease, and whoever held one finds out before it sends or stores.
    """

    name = models.CharField(max_length=100, primary_key=True)
    """Subject and number, such as "transfer 17"."""
    generation = models.BigIntegerField()
    """From a sequence: no two holders have the same."""
    holder = models.CharField(max_length=200)
    """For the operator: which process on which machine."""
    expires_at = models.DateTimeField()
    """By the database's clock."""

    def __str__(self) -> str:
        return f"{self.name}, generation {self.generation}, {self.holder}"


class KnownKey(models.Model):
    """A key with which secrets in this database may be encrypted. A process that lacks one of them is not admitted."""

    fingerprint = models.CharField(max_length=16, primary_key=True)
    """The beginning of its SHA-256: it tells keys apart, and nothing about the key."""
    entered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.fingerprint


class KnownServer(models.Model):
    """The one row that says on which server, and on which of its timelines, the database stood when a worker last looked."""

    identity = models.CharField(max_length=100)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.identity
