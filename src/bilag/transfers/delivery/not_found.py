"""Find the object that a transfer is about. Hints can be forged or out of date, so the id of a hint is believed only after the
object there bears the transfer's number; otherwise the object is looked up by its number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.transfers.delivery.outcome import Outcome, needs_attention, skipped
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind

Source = TypeVar("Source", Invoice, Customer, Project)


@dataclass(frozen=True, slots=True)
class Found(Generic[Source]):
    """The object with the transfer's number, or None; `other` is the object that the known id names instead."""

    source: Source | None
    other: Source | None = None


def find(
    run: TransferRun, by_id: Callable[[int], Source | None], by_number: Callable[[str], Source | None]
) -> Found[Source]:
    """Fetch the object with the transfer's number: by its known id, else by the number itself."""
    number, moment_id = run.transfer.number, run.transfer.moment_id
    other = by_id(moment_id) if moment_id is not None else None
    if other is not None and number_of(other) == number:
        return Found(other)
    source = by_number(number)
    return Found(source if source is not None and number_of(source) == number else None, other)


def number_of(source: Invoice | Customer | Project) -> str | None:
    """Return the object's number as the transfer has it; None for a draft without one."""
    return str(source.number) if source.number is not None else None


def not_found(run: TransferRun, other: Invoice | Customer | Project | None) -> Outcome:
    """Return the outcome if Moment has no object with this number. An object that the id names instead is accepted as if hinted
    at; a manual request was for this number only.

    It is a problem if a person requested it, or if accounting may have it; otherwise a skip, until the next hint or poll. A
    customer or project that has another number now is skipped too: it is transferred under that number.
    """
    other_number = number_of(other) if other is not None else None
    if other is not None and other_number:
        hinted = accept.TransferRequest(Kind(run.transfer.kind), other_number, other.moment_id)
        accept.accept(run.setup.company_id, [hinted], cause="webhook")
    known: dict[str, Any] = {"moment_version": None}
    if run.transfer.accepted_hash is None:
        known["moment_id"] = None
    elsewhere = other_number is not None and run.transfer.kind != Kind.INVOICE
    if not elsewhere and (run.transfer.manual or may_be_in_accounting(run.transfer)):
        return needs_attention(missing(run), **known)
    if isinstance(other, Invoice) and other_number is None:
        return skipped(SkipReason.NOT_FINALIZED, **known)
    return skipped(SkipReason.OTHER_NUMBER if other_number else SkipReason.NOT_IN_MOMENT, **known)


def missing(run: TransferRun) -> Problem:
    """Return the problem that Moment does not have the transfer's number."""
    return Problem("not_in_moment", run.subject, {"number": run.transfer.number})
