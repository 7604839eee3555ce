"""One attempt to post an invoice's vouchers at the hub, exactly once (contracts/azets-hub.md, sections 2 and 3).

An existing batch is resumed. A batch the ledger refused is deleted before the refusal is raised. Success is proved by
status, journal number and read-back, never by an HTTP status alone.
"""

from collections.abc import Sequence

from bilag.platforms.azets.batches import Batches, problems_of_batch, read_after_send, status_of_batch
from bilag.platforms.azets.client import HubClient, Reply
from bilag.platforms.azets.mapping import batch_body
from bilag.platforms.azets.problems import TRANSIENT, About
from bilag.platforms.azets.wire import BatchWire, DuplicateWire, ProcessResultWire
from bilag.platforms.base import PostingState, PostingStatus
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused, Unavailable

DUPLICATE = "duplicate_external_id"
ALREADY_POSTED = "batch_already_updated"
BUSY = "batch_busy"
GONE = "batch_unknown"


class Posting:
    """A single attempt. `run` raises the errors of `bilag.wire.errors`."""

    def __init__(
        self, client: HubClient, batches: Batches, vouchers: Sequence[Voucher], external_id: str, series: str | None
    ) -> None:
        self._client = client
        self._batches = batches
        self._external_id = external_id
        self._first = vouchers[0]
        self._number = self._first.number
        body = batch_body(vouchers, external_id, series)
        facts = {"value": series} if series else {}
        self._about = About(f"invoice {self._number}", facts, body)
        self._stored = False

    def run(self) -> PostingStatus:
        """Post the batch, or resume the existing one. Once anything is stored, a failure has an unknown outcome."""
        try:
            reply = self._create()
            if reply.code == DUPLICATE:
                return self._interpret_duplicate(self._client.parse(DuplicateWire, reply.value, writing=True))
            return self._interpret_created(reply)
        except Unavailable as error:
            if error.outcome_known and self._stored:
                raise Unavailable(error.problems[0], outcome_known=False, retry_after=error.retry_after) from error
            raise

    def _create(self) -> Reply:
        reply = self._client.ask("POST", "batches", about=self._about, expect=(DUPLICATE,))
        self._stored = True
        return reply

    def _interpret_created(self, reply: Reply) -> PostingStatus:
        """Interpret a 201: the batch may be posted, in progress or only stored."""
        batch = self._client.parse(BatchWire, reply.value, writing=True)
        if batch.external_id != self._external_id:
            raise Unavailable(
                Problem("hub_malformed", self._about.subject, {"why": "another batch"}), outcome_known=False
            )
        if batch.status == "created" and not batch.update_in_progress:
            return self._process(batch)
        return self._act_on(batch, None)

    def _interpret_duplicate(self, earlier: DuplicateWire) -> PostingStatus:
        """Interpret a 409: the outcome is in the earlier batch."""
        batch = earlier.batch
        idle = batch.status in ("created", "failed") and not batch.update_in_progress
        if earlier.same_content:
            return self._process(batch) if idle else self._act_on(batch, None)
        if batch.status == "failed" and idle:
            return self._replace(batch)
        return self._conflict(batch)

    def _replace(self, batch: BatchWire) -> PostingStatus:
        """Delete a refused batch with other content and create a new one, so that only the corrected one remains."""
        if self._delete(batch) is not None:
            return self._conflict(batch)
        self._stored = False
        conflict = self._batches.find_conflict(self._first, self._external_id)
        if conflict is not None:
            return conflict
        reply = self._create()
        if reply.code == DUPLICATE:
            return self._conflict(self._client.parse(DuplicateWire, reply.value, writing=True).batch)
        return self._interpret_created(reply)

    def _process(self, batch: BatchWire) -> PostingStatus:
        """Post a stored batch. A 200 with an error or without a journal number is followed by a look-up."""
        try:
            reply = self._client.ask(
                "PUT", "batches/process", about=About(self._about.subject, {}, [batch.batch_number])
            )
        except Refused as refused:
            return self._withdraw(batch, refused.problems)
        result = self._result(reply.value, batch.batch_number)
        if result.posted:
            return self._posted_status(result)
        now = read_after_send(lambda: self._batches.batch(batch.batch_number))
        if now is None:
            raise Unavailable(Problem(GONE, self._about.subject), outcome_known=False)
        return self._act_on(now, result)

    def _result(self, value: object, batch_number: int) -> ProcessResultWire:
        rows = value if isinstance(value, list) else []
        found = [self._client.parse(ProcessResultWire, row, writing=True) for row in rows]
        empty = ProcessResultWire.model_construct(batch_number=batch_number)
        return next((result for result in found if result.batch_number == batch_number), empty)

    def _act_on(self, batch: BatchWire, result: ProcessResultWire | None) -> PostingStatus:
        """Act on the batch's state. A batch posted or in progress is left alone."""
        status = status_of_batch(batch, self._number, result)
        if batch.status == "updated" and not batch.update_in_progress:
            return self._posted_status(batch)
        if status.state != PostingState.FAILED:
            return status
        problems = problems_of_batch(batch, result, self._about)
        if all(problem.code in TRANSIENT for problem in problems):
            return PostingStatus(PostingState.CREATED, batch_number=batch.batch_number, problems=problems)
        return self._withdraw(batch, problems)

    def _withdraw(self, batch: BatchWire, problems: Sequence[Problem]) -> PostingStatus:
        """The ledger refused: delete the batch, so that nobody posts it beside a later one, and raise `Refused`."""
        now_status = self._delete(batch)
        if now_status is not None:
            return now_status
        raise Refused(problems)

    def _delete(self, batch: BatchWire) -> PostingStatus | None:
        """Delete an unposted batch. Returns its status if it turns out to be posted or in progress."""
        try:
            path = f"batches/{batch.batch_number}"
            code = self._client.ask("DELETE", path, expect=(ALREADY_POSTED, BUSY, GONE)).code
        except Refused as error:
            raise Unavailable(error.problems[0], outcome_known=False) from error
        if code == ALREADY_POSTED:
            return self._posted_status(batch)
        return PostingStatus(PostingState.IN_PROGRESS, batch_number=batch.batch_number) if code == BUSY else None

    def _posted_status(self, batch: ProcessResultWire) -> PostingStatus:
        return self._batches.posted(self._first, self._external_id, batch)

    def _conflict(self, batch: BatchWire) -> PostingStatus:
        """Report a conflict: the external id was used with other content, so someone must decide (section 3, 2)."""
        facts = {"batch": str(batch.batch_number), "status": batch.status, "number": str(self._number)}
        if batch.voucher_journal_number is not None:
            facts["journal"] = str(batch.voucher_journal_number)
        problem = Problem("duplicate_content", self._about.subject, facts)
        return PostingStatus(
            PostingState.CONFLICT,
            None,
            batch.voucher_journal_number,
            batch.batch_number,
            (problem,),
            same_content=False,
        )
