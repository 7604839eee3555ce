"""What is done with what was found: sent, signed for, and told of."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from bilag.companies import store
from bilag.events.record import EventName, record
from bilag.posting.selection import OSLO
from bilag.reconciliation.models import WRONG, Found, Reconciliation, SignOff, Why
from bilag.reconciliation.runner import missing_numbers
from bilag.transfers.intake import accept, by_request
from bilag.transfers.models import Kind

SENDABLE = (Why.NOT_SENT, Why.NEEDS_PERSON, Why.GONE)
LONGEST_REMARK = 500


class NotToBeSigned(Exception):
    """Why a month cannot be signed for: `running`, `stopped`, `not_a_month`, `not_over` or `remark_needed`."""


def send_missing(run: Reconciliation, *, origin: str, numbers: list[str] | None = None) -> list[str]:
    """Ask for the transfer of what is missing and not under way (`numbers`: only these of them); the numbers asked for.

    Each goes the way of every transfer: it is looked up before it is sent, so nothing is posted twice.
    """
    missing = missing_numbers(run, SENDABLE)
    wanted = missing if numbers is None else [number for number in missing if number in set(numbers)]
    if wanted:
        by_request.by_number(store.load_setup(run.company_id), Kind.INVOICE, wanted, origin=origin)
    return wanted


def send_by_itself(run: Reconciliation) -> int:
    """Hint at what should have gone by itself and did not; how many there were."""
    wanted = [accept.TransferRequest(Kind.INVOICE, number) for number in missing_numbers(run, [Why.NOT_SENT])]
    if wanted:
        accept.accept(run.company_id, wanted, cause="reconciliation")
    return len(wanted)


def month_of(run: Reconciliation) -> date | None:
    """The first day of the month that the run is of, None where it is of another period."""
    following = (run.first.replace(day=1) + timedelta(days=32)).replace(day=1)
    whole = run.first.day == 1 and run.last == following - timedelta(days=1)
    return run.first if whole else None


def sign_off(run: Reconciliation, *, by: str, remark: str = "") -> SignOff:
    """Sign for a month as it was found. What is wrong may be signed for with a remark: it is in the figures.

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
    """The newest sign-off of the run's month."""
    month = month_of(run)
    return SignOff.objects.filter(company_id=run.company_id, month=month).order_by("-id").first() if month else None


def is_wrong(run: Reconciliation) -> bool:
    """Whether anything is missing, differing, there twice or unknown."""
    return any(run.counts.get(found, 0) for found in WRONG)


def newest_by_month(company_id: int) -> list[Reconciliation]:
    """The newest whole reconciliation of each month, newest month first."""
    rows = Reconciliation.objects.filter(company_id=company_id, problem__isnull=True, ended_at__isnull=False)
    newest: dict[date, Reconciliation] = {}
    for run in rows.order_by("-first", "-id"):
        month = month_of(run)
        if month is not None:
            newest.setdefault(month, run)
    return list(newest.values())


def open_months(company_id: int) -> list[Reconciliation]:
    """The newest comparison of each month in which something is wrong that nobody has signed for as it is."""
    newest = [run for run in newest_by_month(company_id) if is_wrong(run)]
    return [run for run in newest if (signed := signed_for(run)) is None or signed.digest != run.digest]


def open_wrongs(company_id: int) -> list[tuple[Reconciliation, Found, int]]:
    """What is wrong, for telling people: run, what, how many.

    What waits for a person in its transfer, or is under way, is told of there.
    """
    wrongs = []
    for run in open_months(company_id):
        for found in WRONG:
            count = len(missing_numbers(run, [Why.GONE])) if found is Found.MISSING else int(run.counts.get(found, 0))
            if count:
                wrongs.append((run, found, count))
    return wrongs
