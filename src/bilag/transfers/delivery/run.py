"""One try of one transfer while it runs: what is known of it, and the attempt that is committed before a request leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform
from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project
from bilag.posting.problem import Problem
from bilag.transfers.canonical_json import digest_of_json, jsonable
from bilag.transfers.models import Attempt, State, Transfer
from bilag.wire.errors import Refused
from bilag.wire.recording import Exchange


@dataclass
class TransferRun:
    """A transfer that a worker holds. `seen` is the count of requests that this try answers."""

    transfer: Transfer
    setup: Setup
    seen: int
    forced: bool
    """An invoice needs it: state filters and backoff do not count."""
    tried_before: bool
    """Earlier tries have attempts."""
    exchanges: list[Exchange]
    deliver_first: Callable[[int], None]
    """Runs another transfer, by its id, before this one goes on."""
    attempt: Attempt | None = None
    source_object: Invoice | Customer | Project | None = None
    source: dict[str, Any] | None = None
    source_hash: str | None = None
    doubt_since: datetime | None = None
    began_at: datetime = field(default_factory=timezone.now)

    @property
    def subject(self) -> str:
        """The transfer as the subject of a problem: "invoice 10042"."""
        return f"{self.transfer.kind} {self.transfer.number}"

    @property
    def moment(self) -> MomentClient:
        return moment_for(self.setup)

    @property
    def platform(self) -> AccountingPlatform:
        return platform_for(self.setup)

    @property
    def first_attempt(self) -> bool:
        """Whether nothing of the transfer has ever left before this try."""
        return self.doubt_since is None and not self.tried_before

    def saw(self, source: Invoice | Customer | Project) -> None:
        """Keep the object as Moment gave it."""
        self.source_object = source
        self.source = jsonable(source)
        self.source_hash = digest_of_json(self.source)

    def begin(self, **fields: Any) -> None:
        """Commit the intent before the request leaves: the transfer is `sending`, and its attempt is stored.

        `fields` are columns of the transfer. Raises `Refused` when another transfer holds the same value in a unique column.
        """
        if self.attempt is not None:
            return
        try:
            with transaction.atomic():
                Transfer.objects.filter(pk=self.transfer.pk).update(
                    state=State.SENDING, next_at=None, updated_at=timezone.now(), **fields
                )
                self.attempt = self.new_attempt()
                self.attempt.save(force_insert=True)
        except IntegrityError as error:
            self.attempt = None
            raise Refused([self._collision(fields)]) from error

    def new_attempt(self) -> Attempt:
        """The attempt of this try, not saved yet."""
        return Attempt(
            transfer=self.transfer,
            company_id=self.transfer.company_id,
            began_at=self.began_at,
            setup_version=self.setup.version,
            cause=self.transfer.cause,
            source=self.source,
            source_hash=self.source_hash,
        )

    def _collision(self, fields: Mapping[str, Any]) -> Problem:
        value = fields.get("unit_value")
        other = Transfer.objects.filter(
            company=self.transfer.company_id, kind=self.transfer.kind, unit_value=value
        ).first()
        facts = {"number": self.transfer.number, "other": other.number if other else "?", "value": str(value)}
        return Problem("number_collision", self.subject, facts)
