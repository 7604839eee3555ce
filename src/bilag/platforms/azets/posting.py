"""One try to bring an invoice's vouchers to the journal (contracts/azets-hub.md, sections 2 and 3): never twice.

A batch that is there already is gone on with, one that the ledger refused is taken away before a person is told, and
nothing counts as posted because a request succeeded: only status, journal number and read-back do.
"""

from collections.abc import Sequence

from bilag.platforms.azets.batches import Batches, problems_of_batch, standing_of, sure
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
    """Made for one try and thrown away. `run` raises the edge's errors."""

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
        """Post, or go on from what is there. A failure after anything was stored has an unknown outcome."""
        try:
            reply = self._create()
            if reply.code == DUPLICATE:
                return self._duplicate(self._client.parsed(DuplicateWire, reply.value, writing=True))
            return self._created(reply)
        except Unavailable as error:
            if error.outcome_known and self._stored:
                raise Unavailable(error.problems[0], outcome_known=False, retry_after=error.retry_after) from error
            raise

    def _create(self) -> Reply:
        reply = self._client.ask("POST", "batches", about=self._about, expect=(DUPLICATE,))
        self._stored = True
        return reply

    def _created(self, reply: Reply) -> PostingStatus:
        """What a 201 says: only posted is posted."""
        batch = self._client.parsed(BatchWire, reply.value, writing=True)
        if batch.external_id != self._external_id:
            raise Unavailable(
                Problem("hub_malformed", self._about.subject, {"why": "another batch"}), outcome_known=False
            )
        if batch.status == "created" and not batch.update_in_progress:
            return self._process(batch)
        return self._judged(batch, None)

    def _duplicate(self, earlier: DuplicateWire) -> PostingStatus:
        """409 is an answer: the outcome is in the earlier batch."""
        batch = earlier.batch
        idle = batch.status in ("created", "failed") and not batch.update_in_progress
        if earlier.same_content:
            return self._process(batch) if idle else self._judged(batch, None)
        if batch.status == "failed" and idle:
            return self._replaced(batch)
        return self._other_content(batch)

    def _replaced(self, batch: BatchWire) -> PostingStatus:
        """What was refused with other content must not stay beside its corrected twin: away with it, then once anew."""
        if self._removed(batch) is not None:
            return self._other_content(batch)
        self._stored = False
        taken = self._batches.taken(self._first, self._external_id)
        if taken is not None:
            return taken
        reply = self._create()
        if reply.code == DUPLICATE:
            return self._other_content(self._client.parsed(DuplicateWire, reply.value, writing=True).batch)
        return self._created(reply)

    def _process(self, batch: BatchWire) -> PostingStatus:
        """Post a batch that is stored. A 200 with an error inside, or with half of a success, is looked into."""
        try:
            reply = self._client.ask(
                "PUT", "batches/process", about=About(self._about.subject, {}, [batch.batch_number])
            )
        except Refused as refused:
            return self._withdrawn(batch, refused.problems)
        result = self._result(reply.value, batch.batch_number)
        if result.posted:
            return self._posted(result)
        now = sure(lambda: self._batches.batch(batch.batch_number))
        if now is None:
            raise Unavailable(Problem(GONE, self._about.subject), outcome_known=False)
        return self._judged(now, result)

    def _result(self, value: object, batch_number: int) -> ProcessResultWire:
        rows = value if isinstance(value, list) else []
        found = [self._client.parsed(ProcessResultWire, row, writing=True) for row in rows]
        nothing = ProcessResultWire.model_construct(batch_number=batch_number)
        return next((result for result in found if result.batch_number == batch_number), nothing)

    def _judged(self, batch: BatchWire, result: ProcessResultWire | None) -> PostingStatus:
        """Go on from how the batch stands; what is posted or under way is left alone."""
        standing = standing_of(batch, self._number, result)
        if batch.status == "updated" and not batch.update_in_progress:
            return self._posted(batch)
        if standing.state != PostingState.FAILED:
            return standing
        problems = problems_of_batch(batch, result, self._about)
        if all(problem.code in TRANSIENT for problem in problems):
            return PostingStatus(PostingState.CREATED, batch_number=batch.batch_number, problems=problems)
        return self._withdrawn(batch, problems)

    def _withdrawn(self, batch: BatchWire, problems: Sequence[Problem]) -> PostingStatus:
        """The ledger refused: take the batch away, so that nobody posts it beside a later one, and tell a person."""
        instead = self._removed(batch)
        if instead is not None:
            return instead
        raise Refused(problems)

    def _removed(self, batch: BatchWire) -> PostingStatus | None:
        """Remove a batch that is not posted. Gives its standing when it turns out to be posted or under way."""
        try:
            path = f"batches/{batch.batch_number}"
            code = self._client.ask("DELETE", path, expect=(ALREADY_POSTED, BUSY, GONE)).code
        except Refused as error:
            raise Unavailable(error.problems[0], outcome_known=False) from error
        if code == ALREADY_POSTED:
            return self._posted(batch)
        return PostingStatus(PostingState.IN_PROGRESS, batch_number=batch.batch_number) if code == BUSY else None

    def _posted(self, batch: ProcessResultWire) -> PostingStatus:
        return self._batches.posted(self._first, self._external_id, batch)

    def _other_content(self, batch: BatchWire) -> PostingStatus:
        """The sender's number was used for something else: never guessed, a person looks (section 3, 2)."""
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
