"""What stands at the hub under an external id or a voucher number: in the journal, and among batches not yet posted.

Only reads. What is read decides whether anything is sent (contracts/azets-hub.md, section 3).
"""

from collections.abc import Callable, Mapping, Sequence

from bilag.platforms.azets.client import HubClient
from bilag.platforms.azets.mapping import posted_from
from bilag.platforms.azets.problems import About, problem_of
from bilag.platforms.azets.wire import BatchWire, PostedVoucherWire, ProcessResultWire
from bilag.platforms.base import PostingState, PostingStatus
from bilag.posting.chart import UnitDefinition
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher, VoucherKind
from bilag.wire.errors import Refused, Unavailable

INVOICE_TYPES = frozenset({"outgoingInvoice", "creditNote"})
JOURNAL_TYPE = "journal"
NO_CODE = "batch_update_failed"


class Batches:
    """Looks up batches and posted vouchers of one client. Raises the edge's errors.

    `units` gives the client's units, by which their values are told apart.
    """

    def __init__(self, client: HubClient, units: Callable[[], Mapping[int, UnitDefinition]]) -> None:
        self._client = client
        self._units = units

    def find(self, voucher: Voucher, external_id: str, *, thorough: bool) -> PostingStatus:
        """Where the voucher stands; without `thorough` only the journal is asked."""
        if voucher.kind is VoucherKind.JOURNAL:
            return self._find_journal(external_id)
        number = voucher.number
        ours, others, with_it = self._in_journal(number, external_id)
        if ours is not None:
            return self._read_back(ours, with_it)
        batch = self._by_external_id(external_id) if thorough else None
        if others and (batch is None or batch.status != "updated"):
            taken = tuple(_taken(number, wire) for wire in others)
            return PostingStatus(
                PostingState.CONFLICT, batch_number=batch.batch_number if batch else None, problems=taken
            )
        return PostingStatus(PostingState.ABSENT) if batch is None else standing_of(batch, number)

    def _find_journal(self, external_id: str) -> PostingStatus:
        """A journal that belongs to no invoice: it has no number of ours, so its batch is asked for those it got."""
        batch = self._by_external_id(external_id)
        if batch is None:
            return PostingStatus(PostingState.ABSENT)
        standing = standing_of(batch, 0)
        return (self._journals(batch) or standing) if standing.state == PostingState.POSTED else standing

    def _journals(self, batch: BatchWire) -> PostingStatus | None:
        """The vouchers of a posted batch by date, None where they cannot be read yet."""
        numbers = sorted({one.voucher_number for one in batch.vouchers if one.voucher_number is not None})
        rows = [wire for number in numbers for wire in self._by_number(number)]
        ours = {(one.voucher_number, one.voucher_date): one for one in rows if one.external_id == batch.external_id}
        if not ours:
            return None
        first, *others = sorted(ours.values(), key=lambda one: one.voucher_date)
        return self._read_back(first, others)

    def taken(self, voucher: Voucher, external_id: str) -> PostingStatus | None:
        """The conflict with another invoice or credit note of this number in the journal, if there is one."""
        if voucher.kind is VoucherKind.JOURNAL:
            return None
        number = voucher.number
        _, others, _ = self._in_journal(number, external_id)
        return (
            PostingStatus(PostingState.CONFLICT, problems=tuple(_taken(number, wire) for wire in others))
            if others
            else None
        )

    def posted(self, voucher: Voucher, external_id: str, batch: ProcessResultWire) -> PostingStatus:
        """The standing of a batch that the hub says is posted, with the voucher where it can be read already.

        Without a journal number only the voucher itself is proof; until it can be read, it is looked at again.
        """
        read_back = self._read_back_if_possible(voucher, external_id)
        if read_back is not None:
            return read_back
        journal = batch.voucher_journal_number
        state = PostingState.IN_PROGRESS if journal is None else PostingState.POSTED
        return PostingStatus(state, None, journal, batch.batch_number)

    def _read_back_if_possible(self, voucher: Voucher, external_id: str) -> PostingStatus | None:
        try:
            standing = self.find(voucher, external_id, thorough=False)
            return standing if standing.posted is not None else None
        except Unavailable:
            return None  # it is posted; that it cannot be read just now changes nothing of that

    def batch(self, batch_number: int) -> BatchWire | None:
        """A batch as it stands now; None when it is gone."""
        reply = self._client.ask("GET", f"batches/{batch_number}", expect=("batch_unknown",))
        return None if reply.code else self._client.parsed(BatchWire, reply.value)

    def _by_external_id(self, external_id: str) -> BatchWire | None:
        rows = self._client.items("batches", BatchWire, {"externalId": external_id})
        return next((batch for batch in rows if batch.external_id == external_id), None)

    def _in_journal(
        self, number: int, external_id: str
    ) -> tuple[PostedVoucherWire | None, tuple[PostedVoucherWire, ...], tuple[PostedVoucherWire, ...]]:
        """Our voucher, other people's invoices and credit notes of the same number, and what was posted with ours.

        Journals and other kinds of voucher may have the number too; they are nobody's invoice.
        """
        rows = self._by_number(number)
        same = [wire for wire in rows if wire.voucher_number == number and wire.type != JOURNAL_TYPE]
        ours = next((wire for wire in same if wire.external_id == external_id), None)
        others = tuple(w for w in same if w.external_id != external_id and w.type in INVOICE_TYPES)
        return ours, others, tuple(w for w in rows if w.external_id == external_id and w.type == JOURNAL_TYPE)

    def _by_number(self, number: int) -> list[PostedVoucherWire]:
        """Everything in the journal with the number, and what is related to it."""
        return list(self._client.items("vouchers", PostedVoucherWire, {"voucherNumber": str(number)}))

    def _read_back(self, wire: PostedVoucherWire, others: Sequence[PostedVoucherWire]) -> PostingStatus:
        units = self._units()
        posted, *with_it = [posted_from(one, units) for one in (wire, *others)]
        return PostingStatus(PostingState.POSTED, posted, wire.journal_number, wire.batch_number, others=tuple(with_it))


def standing_of(batch: BatchWire, number: int, result: ProcessResultWire | None = None) -> PostingStatus:
    """A batch as the rest of Bilag knows it. A status that the contract does not have is looked at again."""
    if batch.status == "updated" and batch.voucher_journal_number is not None and not batch.update_in_progress:
        return PostingStatus(PostingState.POSTED, None, batch.voucher_journal_number, batch.batch_number)
    if batch.update_in_progress or batch.status not in ("created", "failed"):
        return PostingStatus(PostingState.IN_PROGRESS, batch_number=batch.batch_number)
    told = batch.error_code or batch.error_message or any(voucher.errors for voucher in batch.vouchers)
    problems = problems_of_batch(batch, result, About(f"invoice {number}")) if told or result else ()
    return PostingStatus(
        PostingState.FAILED if batch.status == "failed" else PostingState.CREATED,
        None,
        None,
        batch.batch_number,
        problems,
    )


def problems_of_batch(batch: BatchWire, result: ProcessResultWire | None, about: About) -> tuple[Problem, ...]:
    """Why the ledger did not post: the vouchers' own errors, else the batch's, else what the process operation said."""
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


def _taken(number: int, wire: PostedVoucherWire) -> Problem:
    """The number is in use: what by, so that a person finds it in the journal."""
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


def sure(read: Callable[[], BatchWire | None]) -> BatchWire | None:
    """A look after something was sent: a refusal to let us look says nothing about what was sent."""
    try:
        return read()
    except Refused as error:
        raise Unavailable(error.problems[0], outcome_known=False) from error
