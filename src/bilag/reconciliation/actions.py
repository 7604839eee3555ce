"""Act on the findings of a reconciliation: send missing invoices, sign a month off, list what is wrong."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from bilag.companies import store
from bilag.events.record import EventName, record
from bilag.posting.selection import OSLO
from bilag.reconciliation.models import NO_LONGER_POSTED, WRONG, Found, Reconciliation, SignOff, Why
from bilag.reconciliation.runner import missing_numbers
from bilag.transfers.intake import accept, by_request
from bilag.transfers.models import Kind

SENDABLE = (Why.NOT_SENT, Why.NEEDS_PERSON, Why.GONE)
"""A reversed voucher is not among them: Bilag would find it, and post nothing."""
LONGEST_REMARK = 500


class NotToBeSigned(Exception):
    """A month cannot be signed off: `running`, `stopped`, `not_a_month`, `not_over` or `remark_needed`."""


def send_missing(run: Reconciliation, *, origin: str, numbers: list[str] | None = None) -> list[str]:
    """Request the transfer of the missing invoices that are not running (`numbers`: only these); return the requested numbers.

    Each is looked up before it is sent, as every transfer is, so nothing is posted twice.
    """
    missing = missing_numbers(run, SENDABLE)
    wanted = missing if numbers is None else [number for number in missing if number in set(numbers)]
    gone = set(missing_numbers(run, [Why.GONE]))  # Moment marks these as transferred, and the person has seen that
    setup = store.load_setup(run.company_id)
    for numbers_of, as_known in (
        ([number for number in wanted if number in gone], False),
        ([number for number in wanted if number not in gone], True),
    ):
        if numbers_of:
            by_request.by_number(setup, Kind.INVOICE, numbers_of, origin=origin, as_known=as_known)
    return wanted


def send_by_itself(run: Reconciliation) -> int:
    """Request the transfer of invoices that should have been transferred automatically; return their count."""
    wanted = [accept.TransferRequest(Kind.INVOICE, number) for number in missing_numbers(run, [Why.NOT_SENT])]
    if wanted:
        accept.accept(run.company_id, wanted, cause="reconciliation")
    return len(wanted)


def month_of(run: Reconciliation) -> date | None:
    """Return the first day of the month that the run covers; None when it covers another period."""
    following = (run.first.replace(day=1) + timedelta(days=32)).replace(day=1)
    whole = run.first.day == 1 and run.last == following - timedelta(days=1)
    return run.first if whole else None


def sign_off(run: Reconciliation, *, by: str, remark: str = "") -> SignOff:
    """Sign the month off as it was found. A month with differences needs a remark.

    Raises `NotToBeSigned`.
    """
    month = month_of(run)
    if run.ended_at is None:
        raise NotToBeSigned("running")
    if run.problem is not None:
        raise NotToBeSigned("stopped")
    if month is None:
        raise NotToBeSigned("not_a_month")
    if run.last >= timezone.now().astimezone(OSLO).date():
        raise NotToBeSigned("not_over")
    text = " ".join(remark.replace("\x00", "").split())[:LONGEST_REMARK]
    if is_wrong(run) and not text:
        raise NotToBeSigned("remark_needed")
    with transaction.atomic():
        signed = SignOff.objects.create(
            company_id=run.company_id, month=month, by=by, at=timezone.now(), digest=run.digest,
            counts=run.counts, sums=run.sums, remark=text,
        )  # fmt: skip
        record(run.company_id, EventName.MONTH_SIGNED, origin=by, month=f"{month:%Y-%m}")
    return signed


def signed_for(run: Reconciliation) -> SignOff | None:
    """Return the newest sign-off of the run's month, or None."""
    month = month_of(run)
    return SignOff.objects.filter(company_id=run.company_id, month=month).order_by("-id").first() if month else None


def is_wrong(run: Reconciliation) -> bool:
    """Return whether any invoice is missing, differing, duplicate or unknown."""
    return any(run.counts.get(found, 0) for found in WRONG)


def newest_by_month(company_id: int) -> list[Reconciliation]:
    """Return the newest completed reconciliation of each month, newest month first."""
    rows = Reconciliation.objects.filter(company_id=company_id, problem__isnull=True, ended_at__isnull=False)
    newest: dict[date, Reconciliation] = {}
    for run in rows.order_by("-first", "-id"):
        month = month_of(run)
        if month is not None:
            newest.setdefault(month, run)
    return list(newest.values())


def open_months(company_id: int) -> list[Reconciliation]:
    """Return the newest completed reconciliation of each month that has differences and no sign-off of these differences."""
    newest = [run for run in newest_by_month(company_id) if is_wrong(run)]
    return [run for run in newest if (signed := signed_for(run)) is None or signed.digest != run.digest]


def open_wrongs(company_id: int) -> list[tuple[Reconciliation, Found, int]]:
    """Return the differences to notify people of: run, kind and count.

    Invoices that need attention or are in progress are left out: people are notified of their transfers already.
    """
    wrongs = []
    for run in open_months(company_id):
        for found in WRONG:
            count = (
                len(missing_numbers(run, NO_LONGER_POSTED)) if found is Found.MISSING else int(run.counts.get(found, 0))
            )
            if count:
                wrongs.append((run, found, count))
    return wrongs
