"""State that the processes on one database share: leases (`bilag.jobs.lease`), keys (`bilag.service.admission`), and the server
that it runs on (`bilag.service.restored`).
"""

from django.db import models


class Lease(models.Model):
    """A lease: the right to work on something alone, until it expires. A row exists only while somebody holds it.

    The table is unlogged: a crash of the database ends every lease, and the former holder notices before it sends or stores.
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
    """The beginning of the key's SHA-256: it identifies the key and reveals nothing about it."""
    entered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.fingerprint


class KnownServer(models.Model):
    """The server and timeline on which a worker last found the database. One row."""

    identity = models.CharField(max_length=100)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.identity
