"""Act on a rehearsal: accept proposals into the company's setup, and sign it off."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from bilag.companies import store
from bilag.companies.amend import amended
from bilag.companies.models import Company
from bilag.events.record import EventName, record
from bilag.rehearsal.models import Rehearsal, RehearsalSignOff
from bilag.rehearsal.proposals import Proposal, settings_of
from bilag.transfers.activation.save_setup import SavedSetup, save_setup

LONGEST_REMARK = 500


class NotToBeSigned(Exception):
    """A rehearsal cannot be signed off: `running` or `remark_needed`."""


class NotProposed(Exception):
    """These names are not proposed by the rehearsal."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(names))


def proposals_of(run: Rehearsal) -> list[Proposal]:
    """What the vouchers say of the setup."""
    return [Proposal.from_json(stored) for stored in run.proposals]


def accept(run: Rehearsal, names: Iterable[str] | None, *, origin: str) -> SavedSetup:
    """Save the setup with the named proposals (`names` None: all that may be accepted). They count from the next rehearsal on.

    Raises `NotProposed` for a name that the rehearsal does not propose, or if it proposes nothing; `store.SetupChanged` if the
    setup was saved since the rehearsal; `CompanyFileError` and the `refusals.SetupRefused`s. Then nothing was saved.
    """
    acceptable = {one.habit: one for one in proposals_of(run) if one.acceptable}
    chosen = list(acceptable) if names is None else list(dict.fromkeys(names))
    unknown = [name for name in chosen if name not in acceptable]
    if unknown or not chosen:
        raise NotProposed(unknown)
    changes: dict[str, Any] = {}
    for name in chosen:
        changes |= settings_of(acceptable[name])
    company = Company.objects.get(pk=run.company_id)
    file = amended(company, changes)
    with transaction.atomic():
        saved = save_setup(file, origin=origin, seen_version=run.setup_version)
        record(run.company_id, EventName.REHEARSAL_ACCEPTED, origin=origin, first=str(run.first), last=str(run.last))
    return saved


def proposed_settings(run: Rehearsal) -> dict[str, Any]:
    """Return the settings of all proposals that may be accepted, by dotted name."""
    changes: dict[str, Any] = {}
    for one in proposals_of(run):
        if one.acceptable:
            changes |= settings_of(one)
    return changes


def is_stale(run: Rehearsal) -> bool:
    """Whether the setup was saved since the rehearsal, so that it must be rehearsed again."""
    return store.load_setup(run.company_id).version != run.setup_version


def is_wrong(run: Rehearsal) -> bool:
    """Whether any invoice would not have been posted as it stands, or any voucher has no invoice."""
    return any(run.counts.get(found, 0) for found in ("differs", "missing", "duplicate", "stopped", "unknown"))


def sign_off(run: Rehearsal, *, by: str, remark: str = "") -> RehearsalSignOff:
    """Sign the rehearsal off as it was found. One with differences needs a remark. Raises `NotToBeSigned`."""
    if run.ended_at is None:
        raise NotToBeSigned("running")
    text = " ".join(remark.replace("\x00", "").split())[:LONGEST_REMARK]
    if is_wrong(run) and not text:
        raise NotToBeSigned("remark_needed")
    with transaction.atomic():
        signed = RehearsalSignOff.objects.create(
            company_id=run.company_id, first=run.first, last=run.last, by=by, at=timezone.now(), digest=run.digest,
            counts=run.counts, sums=run.sums, remark=text,
        )  # fmt: skip
        record(run.company_id, EventName.REHEARSAL_SIGNED, origin=by, first=str(run.first), last=str(run.last))
    return signed


def signed_for(run: Rehearsal) -> RehearsalSignOff | None:
    """The newest sign-off of exactly these results, or None."""
    if not run.digest:
        return None
    rows = RehearsalSignOff.objects.filter(company_id=run.company_id, digest=run.digest)
    return rows.order_by("-id").first()
