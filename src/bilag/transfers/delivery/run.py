"""One try of one transfer while it runs: its state, and the attempt that is committed before a request is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from structlog.contextvars import bind_contextvars

from bilag.companies.gateways import moment_for, platform_for, platform_of
from bilag.companies.models import Ledger
from bilag.companies.setup import Setup
from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform
from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.transfers import plan_json
from bilag.transfers.canonical_json import digest_of_json, jsonable
from bilag.transfers.delivery import statements
from bilag.transfers.models import Attempt, Transfer
from bilag.wire.errors import Refused
from bilag.wire.recording import Exchange


def _now() -> datetime:
    """Return the time, by Django's clock at the time of the call."""
    return timezone.now()


@dataclass
class TransferRun:
    """A transfer that a worker has leased. `seen` is the number of requests that this try answers."""

    transfer: Transfer
    setup: Setup
    seen: int
    forced: bool
    """An invoice needs it: state filters do not count."""
    exchanges: list[Exchange]
    deliver_first: Callable[[int], None]
    """Runs another transfer, by its id, before this one continues."""
    written_by: str = ""
    """The transaction that had written the transfer's row when this try began."""
    parties: int | None = None
    """The row of the company's parties accepted last."""
    attempt: Attempt | None = None
    source_object: Invoice | Customer | Project | None = None
    source: dict[str, Any] | None = None
    source_hash: str | None = None
    intent: statements.Intent | None = None
    """What was committed with the attempt."""
    doubt_since: datetime | None = None
    former_ledger: Ledger | None = None
    """The former ledger that has or may have the object, if the company has changed to another since."""
    posting: bool = False
    """Whether this try requested a posting, so that a voucher may exist whatever the answer was."""
    began_at: datetime = field(default_factory=_now)

    @property
    def subject(self) -> str:
        """The transfer as the subject of a problem: "invoice 10042"."""
        return f"{self.transfer.kind} {self.transfer.number}"

    @property
    def moment(self) -> MomentClient:
        return moment_for(self.setup)

    @property
    def platform(self) -> AccountingPlatform:
        """The platform of the company's present ledger."""
        return platform_for(self.setup)

    @property
    def former_platform(self) -> AccountingPlatform | None:
        """The platform of the former ledger; None when its access is no longer kept."""
        return platform_of(self.former_ledger) if self.former_ledger is not None else None

    @property
    def first_attempt(self) -> bool:
        """Whether nothing was ever sent for this transfer before this try."""
        return self.doubt_since is None and not self.transfer.attempt_count

    def saw(self, source: Invoice | Customer | Project) -> None:
        """Keep the object as Moment gave it."""
        self.source_object = source
        self.source = jsonable(source)
        self.source_hash = digest_of_json(self.source)

    def sent_vouchers(self) -> tuple[Voucher, ...]:
        """Return the vouchers of the newest attempt that sent any to the ledger that has or may have them; none if none is
        kept.
        """
        if self.transfer.ledger_id is None:
            return ()
        sent = Attempt.objects.of([self.transfer]).filter(ledger=self.transfer.ledger_id, plan__isnull=False)
        return plan_json.from_json(sent.order_by("-pk").values_list("plan", flat=True).first() or ())

    def begin(self, vouchers: Sequence[Voucher] = (), **fields: Any) -> None:
        """Commit the intent before the request is sent: the transfer is `sending`, and its attempt is stored.

        `vouchers` will be posted in the present ledger: from now on they may be there. `fields` are columns of the transfer.
        Raises `Refused` if another transfer has the same value in a unique column, and `LeaseLost` if another process may have
        taken the transfer, or the setup was saved since it was taken.
        """
        if self.attempt is not None:
            return
        ledger = self.setup.ledger
        if vouchers and ledger is not None:
            fields["ledger_id"] = ledger.id
        attempt = self.new_attempt(vouchers)
        first_use = ledger.id if ledger is not None and not ledger.used else None
        try:
            taken = (self.transfer.pk, self.written_by)
            self.intent = statements.commit_intent(taken, fields, attempt, first_use)
        except IntegrityError as error:
            raise Refused([self._collision(fields)]) from error
        self.attempt = attempt
        bind_contextvars(attempt=attempt.pk)

    def new_attempt(self, vouchers: Sequence[Voucher] = ()) -> Attempt:
        """Return an unsaved attempt of this try. `vouchers` are those that it sends."""
        ledger = self.former_ledger.pk if self.former_ledger else self.setup.ledger.id if self.setup.ledger else None
        return Attempt(
            transfer=self.transfer,
            company_id=self.transfer.company_id,
            began_at=self.began_at,
            setup_version=self.setup.version,
            ledger_id=ledger,
            plan=plan_json.to_json(vouchers) if vouchers else None,
            cause=self.transfer.cause,
            source=self.source,
            source_hash=self.source_hash,
        )

    def _collision(self, fields: Mapping[str, Any]) -> Problem:
        value = fields.get("unit_value")
        other = Transfer.objects.filter(
            source=self.transfer.source_id, kind=self.transfer.kind, unit_value=value
        ).first()
        facts = {"number": self.transfer.number, "other": other.number if other else "?", "value": str(value)}
        return Problem("number_collision", self.subject, facts)
