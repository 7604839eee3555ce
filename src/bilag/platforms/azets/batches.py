"""Look up batches and posted vouchers at the hub, by external id or voucher number. Reads only.

The result decides whether anything is sent (contracts/azets-hub.md, section 3).
"""

from collections.abc import Callable, Mapping, Sequence

from bilag.platforms.azets.client import HubClient
from bilag.platforms.azets.mapping import posted_from
from bilag.platforms.azets.problems import About, problem_of
from bilag.platforms.azets.wire import BatchWire, PostedVoucherWire, ProcessResultWire
from bilag.platforms.base import PostingState, PostingStatus
from bilag.posting.chart import UnitDefinition
from bilag.posting.problem import Problem
from bilag.posting.standing import still_standing
from bilag.posting.voucher import Voucher, VoucherKind
from bilag.wire.errors import Refused, Unavailable

INVOICE_TYPES = frozenset({"outgoingInvoice", "creditNote"})
JOURNAL_TYPE = "journal"
NO_CODE = "batch_update_failed"


class Batches:
    """Looks up batches and posted vouchers of one client. Raises the errors of `bilag.wire.errors`.

    `units` returns the client's unit definitions, needed to interpret unit values.
    """

    def __init__(self, client: HubClient, units: Callable[[], Mapping[int, UnitDefinition]]) -> None:
        self._client = client
        self._units = units

    def find(self, voucher: Voucher, external_id: str, *, thorough: bool) -> PostingStatus:
        """Look up the voucher; without `thorough`, in the journal only."""
        if voucher.kind is VoucherKind.JOURNAL:
            return self._find_journal(external_id)
        number = voucher.number
        own, others, companions = self._in_journal(number, external_id)
        if own is not None:
            return self._read_back(own, companions)
        batch = self._by_external_id(external_id) if thorough else None
        if others and (batch is None or batch.status != "updated"):
            problems_of_others = tuple(_number_taken(number, wire) for wire in others)
            return PostingStatus(
                PostingState.CONFLICT, batch_number=batch.batch_number if batch else None, problems=problems_of_others
            )
        return PostingStatus(PostingState.ABSENT) if batch is None else status_of_batch(batch, number)

    def _find_journal(self, external_id: str) -> PostingStatus:
        """Find a standalone journal. Bilag does not know its number, so look up its batch."""
        batch = self._by_external_id(external_id)
        if batch is None:
            return PostingStatus(PostingState.ABSENT)
        status = status_of_batch(batch, 0)
        return (self._journals(batch) or status) if status.state == PostingState.POSTED else status

    def _journals(self, batch: BatchWire) -> PostingStatus | None:
        """Return the batch's posted vouchers by date, None until they can be read."""
        numbers = sorted({one.voucher_number for one in batch.vouchers if one.voucher_number is not None})
        rows = [wire for number in numbers for wire in self._by_number(number)]
        own = {(one.voucher_number, one.voucher_date): one for one in rows if one.external_id == batch.external_id}
        if not own:
            return None
        first, *others = sorted(own.values(), key=lambda one: one.voucher_date)
        return self._read_back(first, others)

    def find_conflict(self, voucher: Voucher, external_id: str) -> PostingStatus | None:
        """Return the conflict with another invoice or credit note of this number in the journal, if any."""
        if voucher.kind is VoucherKind.JOURNAL:
            return None
        number = voucher.number
        _, others, _ = self._in_journal(number, external_id)
        return (
            PostingStatus(PostingState.CONFLICT, problems=tuple(_number_taken(number, wire) for wire in others))
            if others
            else None
        )

    def posted(self, voucher: Voucher, external_id: str, batch: ProcessResultWire) -> PostingStatus:
        """Return the status of a batch the hub reports as posted, with the voucher if it can be read yet.

        Without a journal number only reading the voucher proves the posting; until then it is in progress.
        """
        read_back = self._try_read_back(voucher, external_id)
        if read_back is not None:
            return read_back
        journal = batch.voucher_journal_number
        state = PostingState.IN_PROGRESS if journal is None else PostingState.POSTED
        return PostingStatus(state, None, journal, batch.batch_number)

    def _try_read_back(self, voucher: Voucher, external_id: str) -> PostingStatus | None:
        try:
            status = self.find(voucher, external_id, thorough=False)
            return status if status.posted is not None else None
        except Unavailable:
            return None  # still posted, only not readable just now

    def batch(self, batch_number: int) -> BatchWire | None:
        """Fetch a batch; None if it is gone."""
        reply = self._client.ask("GET", f"batches/{batch_number}", expect=("batch_unknown",))
        return None if reply.code else self._client.parse(BatchWire, reply.value)

    def _by_external_id(self, external_id: str) -> BatchWire | None:
        rows = self._client.items("batches", BatchWire, {"externalId": external_id})
        return next((batch for batch in rows if batch.external_id == external_id), None)

    def _in_journal(
        self, number: int, external_id: str
    ) -> tuple[PostedVoucherWire | None, tuple[PostedVoucherWire, ...], tuple[PostedVoucherWire, ...]]:
        """Return our voucher, other invoices and credit notes of the same number, and journals posted with ours.

        Journals and other voucher types with the same number are no conflict. A voucher and its exact reversal count as none.
        """
        rows = self._by_number(number)
        same = [wire for wire in rows if wire.voucher_number == number and wire.type != JOURNAL_TYPE]
        own = next((wire for wire in same if wire.external_id == external_id), None)
        others = self._standing([w for w in same if w.external_id != external_id and w.type in INVOICE_TYPES])
        return own, others, tuple(w for w in rows if w.external_id == external_id and w.type == JOURNAL_TYPE)

    def _standing(self, wires: Sequence[PostedVoucherWire]) -> tuple[PostedVoucherWire, ...]:
        """Return those that no voucher of the same number reverses."""
        if len(wires) < 2:
            return tuple(wires)
        units = self._units()
        standing = {one.journal_number for one in still_standing([posted_from(wire, units) for wire in wires])}
        return tuple(wire for wire in wires if wire.journal_number in standing)

    def _by_number(self, number: int) -> list[PostedVoucherWire]:
        """Return everything in the journal with the number or related to it."""
        return list(self._client.items("vouchers", PostedVoucherWire, {"voucherNumber": str(number)}))

    def _read_back(self, wire: PostedVoucherWire, others: Sequence[PostedVoucherWire]) -> PostingStatus:
        units = self._units()
        posted, *companions = [posted_from(one, units) for one in (wire, *others)]
        return PostingStatus(
            PostingState.POSTED, posted, wire.journal_number, wire.batch_number, others=tuple(companions)
        )


def status_of_batch(batch: BatchWire, number: int, result: ProcessResultWire | None = None) -> PostingStatus:
    """Convert a batch to a status. A state unknown to the contract counts as in progress, to be looked up again."""
    if batch.status == "updated" and batch.voucher_journal_number is not None and not batch.update_in_progress:
        return PostingStatus(PostingState.POSTED, None, batch.voucher_journal_number, batch.batch_number)
    if batch.update_in_progress or batch.status not in ("created", "failed"):
        return PostingStatus(PostingState.IN_PROGRESS, batch_number=batch.batch_number)
    has_errors = batch.error_code or batch.error_message or any(voucher.errors for voucher in batch.vouchers)
    problems = problems_of_batch(batch, result, About(f"invoice {number}")) if has_errors or result else ()
    return PostingStatus(
        PostingState.FAILED if batch.status == "failed" else PostingState.CREATED,
        None,
        None,
        batch.batch_number,
        problems,
    )


def problems_of_batch(batch: BatchWire, result: ProcessResultWire | None, about: About) -> tuple[Problem, ...]:
    """Return why the ledger did not post: the vouchers' own errors, else the batch's, else the process operation's."""
    errors = [(index, one) for index, voucher in enumerate(batch.vouchers) for one in voucher.errors]
    if errors:
        return tuple(
            problem_of(one.code, one.message, f"vouchers[{index}].{one.field}" if one.field else "", about)
            for index, one in errors
        )
    said = [one for one in (batch, result) if one is not None and (one.error_code or one.error_message)]
    code = next((one.error_code for one in said if one.error_code), None) or NO_CODE
    message = next((one.error_message for one in said if one.error_message), None)
    return (problem_of(code, message, "", about),)


def _number_taken(number: int, wire: PostedVoucherWire) -> Problem:
    """Describe what uses the number, so that a user can find it in the journal."""
    facts = {
        "number": str(number),
        "journal": str(wire.journal_number),
        "type": wire.type,
        "date": wire.voucher_date.isoformat(),
        "customer": wire.customer_number or "",
        "total": "" if wire.total_amount is None else f"{wire.total_amount:.2f}",
        "other": wire.external_id or "",
    }
    return Problem("voucher_number_taken", f"invoice {number}", {name: fact for name, fact in facts.items() if fact})


def read_after_send(read: Callable[[], BatchWire | None]) -> BatchWire | None:
    """Read something after a send. If the hub refuses the read, the outcome of the send is unknown."""
    try:
        return read()
    except Refused as error:
        raise Unavailable(error.problems[0], outcome_known=False) from error
