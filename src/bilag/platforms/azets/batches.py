"""The way of a batch to the journal (contracts/azets-hub.md, sections 2 and 3): never twice, whatever gets lost.

A batch is looked up by its external id, resumed when it is stored but not posted, taken away when the ledger refused it,
and believed posted only when its voucher is read back.
"""

from collections.abc import Sequence

from bilag.platforms.azets.client import HubClient, HubError
from bilag.platforms.azets.mapping import batch_body, posted_from
from bilag.platforms.azets.problems import TRANSIENT, problem_of
from bilag.platforms.azets.wire import BatchWire, PostedVoucherWire, ProcessResultWire
from bilag.platforms.base import Standing
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused

INVOICE_TYPES = ("outgoingInvoice", "creditNote")


class Batches:
    """Finds, creates, posts and removes batches of one client. Raises `HubError` and the edge's errors."""

    def __init__(self, client: HubClient, series: str | None) -> None:
        self._client = client
        self._series = series

    def find(self, voucher: Voucher, external_id: str, *, thorough: bool) -> Standing:
        """Where the voucher stands now."""
        in_journal = self._in_journal(voucher.number, external_id)
        if in_journal is not None or not thorough:
            return in_journal or Standing("absent")
        batch = self._batch(external_id)
        return Standing("absent") if batch is None else self._standing(batch, voucher.number)

    def post(self, vouchers: Sequence[Voucher], external_id: str) -> Standing:
        """Create the batch, or go on with the one that has this external id."""
        number = vouchers[0].number
        body = batch_body(vouchers, external_id, self._series)
        about = f"invoice {number}"
        try:
            reply = self._client.ask("POST", "batches", body=body, about=about)
        except HubError as error:
            if error.code != "duplicate_external_id" or not isinstance(error.body, dict):
                raise
            return self._duplicate(vouchers, external_id, error)
        return self._created(self._client.parsed(BatchWire, reply.value, writing=True), number)

    def _duplicate(self, vouchers: Sequence[Voucher], external_id: str, error: HubError) -> Standing:
        """409 is an answer: the outcome is in the earlier batch."""
        batch = self._client.parsed(BatchWire, error.body.get("batch"), writing=True)
        number = vouchers[0].number
        if error.body.get("sameContent") is not False:
            return self._go_on(batch, number)
        if batch.status == "failed" and not batch.update_in_progress:
            # What was refused with other content must not stay beside its corrected twin.
            self._remove(batch, number)
            reply = self._client.ask(
                "POST", "batches", body=batch_body(vouchers, external_id, self._series), about=f"invoice {number}"
            )
            return self._created(self._client.parsed(BatchWire, reply.value, writing=True), number)
        facts = {"batch": str(batch.batch_number), "journal": str(batch.voucher_journal_number or "")}
        problem = Problem("duplicate_content", f"invoice {number}", facts)
        return Standing("conflict", batch_number=batch.batch_number, problems=(problem,))

    def _created(self, batch: BatchWire, number: int) -> Standing:
        """What a 201 says: only posted is posted."""
        if batch.posted or batch.update_in_progress:
            return self._standing(batch, number)
        if batch.status == "failed":
            return self._failed(batch, number)
        return self._go_on(batch, number)

    def _go_on(self, batch: BatchWire, number: int) -> Standing:
        """Post a batch that is stored; what is posted or under way is left alone."""
        if batch.status == "updated" or batch.update_in_progress:
            return self._standing(batch, number)
        reply = self._client.ask("PUT", "batches/process", body=[batch.batch_number], about=f"invoice {number}")
        result = self._result(reply.value, batch.batch_number)
        if result.posted:
            posted = batch.model_copy(
                update={
                    "status": "updated",
                    "voucher_journal_number": result.voucher_journal_number,
                    "error_message": None,
                }
            )
            return self._standing(posted, number)
        # A 200 with an error inside, or with half of a success: what counts is what stands there now.
        now = self._client.parsed(BatchWire, self._client.read(f"batches/{batch.batch_number}"))
        if now.status == "failed" and not now.update_in_progress:
            return self._failed(now, number, result)
        return self._standing(now, number, result)

    def _result(self, value: object, batch_number: int) -> ProcessResultWire:
        results = value if isinstance(value, list) else []
        found = [self._client.parsed(ProcessResultWire, item, writing=True) for item in results]
        nothing = ProcessResultWire(batch_number=batch_number, error_message="the hub gave no result")
        return next((result for result in found if result.batch_number == batch_number), nothing)

    def _failed(self, batch: BatchWire, number: int, result: ProcessResultWire | None = None) -> Standing:
        """The ledger refused: take the batch away, so that nobody posts it beside a later one, and tell a person."""
        problems = self._problems(batch, number, result)
        if all(problem.code in TRANSIENT for problem in problems):
            return Standing("created", batch_number=batch.batch_number, problems=problems)
        if not self._remove(batch, number):
            return self._standing(
                self._client.parsed(BatchWire, self._client.read(f"batches/{batch.batch_number}")), number
            )
        raise Refused(problems)

    def _remove(self, batch: BatchWire, number: int) -> bool:
        """Remove a batch that is not posted; False when it turns out to be posted or under way."""
        try:
            self._client.ask("DELETE", f"batches/{batch.batch_number}", about=f"invoice {number}")
        except HubError as error:
            if error.code in ("batch_already_updated", "batch_busy"):
                return False
            if error.code != "batch_unknown":
                raise
        return True

    def _problems(self, batch: BatchWire, number: int, result: ProcessResultWire | None) -> tuple[Problem, ...]:
        about = f"invoice {number}"
        errors = [one for voucher in batch.vouchers for one in voucher.errors]
        if errors:
            return tuple(problem_of(one.code, one.message, subject=about, field=_in_batch(one.field)) for one in errors)
        code = batch.error_code or (result.error_code if result else None) or "batch_update_failed"
        message = batch.error_message or (result.error_message if result else None) or ""
        return (problem_of(code, message, subject=about),)

    def _standing(self, batch: BatchWire, number: int, result: ProcessResultWire | None = None) -> Standing:
        """A batch as the rest of Bilag knows it."""
        if batch.update_in_progress:
            return Standing("in_progress", batch_number=batch.batch_number)
        if batch.status == "updated":
            read_back = self._in_journal(number, batch.external_id)
            posted = Standing("posted", journal_number=batch.voucher_journal_number, batch_number=batch.batch_number)
            return read_back or posted
        problems: tuple[Problem, ...] = ()
        if batch.error_code or batch.error_message or any(voucher.errors for voucher in batch.vouchers) or result:
            problems = self._problems(batch, number, result)
        return Standing(
            "failed" if batch.status == "failed" else "created", batch_number=batch.batch_number, problems=problems
        )

    def _batch(self, external_id: str) -> BatchWire | None:
        rows = self._client.items("batches", BatchWire, {"externalId": external_id})
        return next((batch for batch in rows if batch.external_id == external_id), None)

    def _in_journal(self, number: int, external_id: str) -> Standing | None:
        """The voucher in the journal, or somebody else's with its number."""
        wires = list(self._client.items("vouchers", PostedVoucherWire, {"voucherNumber": str(number)}))
        same = [wire for wire in wires if wire.voucher_number == number and wire.type in INVOICE_TYPES]
        ours = [wire for wire in same if wire.external_id == external_id]
        others = [wire for wire in same if wire.external_id != external_id]
        if ours:
            return Standing("posted", posted_from(ours[0]), ours[0].journal_number, ours[0].batch_number)
        if others:
            return Standing("conflict", problems=tuple(_taken(number, wire) for wire in others))
        return None


def _taken(number: int, wire: PostedVoucherWire) -> Problem:
    facts = {
        "number": str(number),
        "journal": str(wire.journal_number),
        "date": wire.voucher_date.isoformat(),
        "total": str(wire.total_amount) if wire.total_amount is not None else "",
        "other": wire.external_id or "",
    }
    return Problem("voucher_number_taken", f"invoice {number}", facts)


def _in_batch(field: str) -> str:
    """The place of a voucher's own error as if it were a place in the batch: a batch of ours has one invoice."""
    return f"vouchers[0].{field}" if field.startswith("lines[") else field
