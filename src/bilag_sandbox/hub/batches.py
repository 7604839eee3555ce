"""The life of a batch: created, updated (posted) or failed.

It is posted as a whole or not at all, and can be deleted only while unposted. `effects` describes the posting effects
that can be injected.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from bilag_sandbox.common import Store
from bilag_sandbox.hub import effects
from bilag_sandbox.hub.books import Books, timestamp
from bilag_sandbox.hub.checks import check_batch, check_vouchers
from bilag_sandbox.hub.content import BatchIn, VoucherIn, fingerprint, read_batch, read_vouchers
from bilag_sandbox.hub.ledger import next_number, vouchers_to_post, write_journal
from bilag_sandbox.hub.refusals import Details, Refusal, not_found

FIRST_BATCH = 10_001
NORWEGIAN = {
    "account_unknown": "Kontoen finnes ikke.",
    "account_inactive": "Kontoen er sperret.",
    "customer_inactive": "Kunden er sperret.",
    "vat_code_inactive": "Avgiftskoden er sperret.",
    "period_closed": "Perioden er avsluttet.",
    "date_locked": "Bilagsdatoen er låst.",
}


def create(books: Books, body: Any) -> dict[str, Any]:
    """Store a batch and, if it asks for it, post it; returns its state afterwards. Raises `Refusal` (409, 422)."""
    client = books.client
    limits = client.config["limits"]
    details = Details()
    batch = read_batch(body, details, limits["maxVouchersPerBatch"], limits["maxLinesPerVoucher"])
    well_formed = len(details) == 0
    with books.store.transaction() as connection:
        row = find_by_external_id(books.store, client.id, batch.external_id) if well_formed else None
        if row is not None:
            raise _duplicate(row, fingerprint(batch.vouchers, client.base_currency))
        check_batch(batch, books, details)
        details.refuse()
        number = next_number(books.store, client.id, "batch", FIRST_BATCH)
        connection.execute(
            "insert into batch values (?, ?, ?, 'created', ?, ?, ?, ?, null, null, null, ?, ?, ?, ?, null, null)",
            (
                client.id, number, batch.external_id, batch.auto_update, str(batch.value_date), batch.description,
                _stored_series(batch, books), json.dumps(batch.raw_vouchers), _results(batch.vouchers, "created"),
                fingerprint(batch.vouchers, client.base_currency), books.now.timestamp(),
            ),
        )  # fmt: skip
        if batch.auto_update and client.config["capabilities"]["autoUpdate"]:
            _try_to_post(books, get_row(books.store, client.id, number), "create", batch.vouchers)
        return as_json(get_row(books.store, client.id, number))


def _stored_series(batch: BatchIn, books: Books) -> str | None:
    return batch.series or books.client.series_for(None, batch.vouchers[0].type or "")


def _duplicate(row: sqlite3.Row, sent_fingerprint: str) -> Refusal:
    message = f"A batch with externalId {row['external_id']} exists."
    more = {"sameContent": row["fingerprint"] == sent_fingerprint, "batch": as_json(row)}
    return Refusal(409, "duplicate_external_id", message, more=more)


def process(books: Books, number: int) -> dict[str, Any]:
    """Try to post a batch; returns its BatchProcessResult, which contains any error."""
    with books.store.transaction():
        row = find_row(books.store, books.client.id, number)
        if row is None:
            return ProcessResult(number, "failed", None, "batch_unknown", "No such batch.").as_json()
        if row["status"] == "updated":
            return ProcessResult(number, "updated", row["journal_number"]).as_json()
        if row["busy_until"] is not None:
            return ProcessResult(number, "created", None, "batch_busy", "The batch is being posted.").as_json()
        misreport = _try_to_post(books, row, "process", None)
        if misreport is not None:
            return misreport.as_json()
        row = get_row(books.store, books.client.id, number)
        if row["busy_until"] is not None:
            return ProcessResult(number, "created", None, "batch_busy", "The batch is being posted.").as_json()
        # Like the real ledger: a refusal has a message but no code; only transient faults have a code.
        code = row["error_code"] if row["error_code"] != "batch_update_failed" else None
        return ProcessResult(number, row["status"], row["journal_number"], code, row["error_message"]).as_json()


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """The process operation's result for one batch."""

    number: int
    status: str
    journal_number: int | None = None
    error_code: str | None = None
    error_message: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the contract's BatchProcessResult."""
        return {
            "batchNumber": self.number,
            "status": self.status,
            "voucherJournalNumber": self.journal_number,
            "errorCode": self.error_code,
            "errorMessage": self.error_message,
        }


def _try_to_post(
    books: Books, row: sqlite3.Row, occasion: str, checked: tuple[VoucherIn, ...] | None
) -> ProcessResult | None:
    """Post, unless an effect or the books prevent it. Returns a result only if the answer shall be untrue."""
    client = books.client.id
    effect = effects.take(books.store, client, occasion)
    name = effect["effect"] if effect else None
    if effect is not None:
        if name == "notTried":
            return None
        if name == "delay":
            _set(books, row, busy_until=books.now.timestamp() + effect["seconds"])
            return None
        if name == "locked":
            message = effect.get("errorMessage") or "Firmaet er låst av en annen bruker."
            _set(books, row, error_code="ledger_locked", error_message=message)
            return None
        if name == "refused":
            message = effect.get("errorMessage") or "Bunten kan ikke oppdateres. Ukjent feil i regnskapssystemet."
            _fail(books, row, effect.get("errorCode") or "batch_update_failed", message, {})
            return None
        if name == "misreport" and not effect.get("posted", False):
            return _misreport(row, effect)
        effects.change_books(books, effect, json.loads(row["content"]))
        books = Books(books.store, books.client, books.now)
        checked = None
    post(books, row, checked, effect)
    return _misreport(row, effect) if effect is not None and name == "misreport" else None


def _misreport(row: sqlite3.Row, effect: dict[str, Any]) -> ProcessResult:
    message = effect.get("errorMessage")
    return ProcessResult(row["number"], effect.get("status", "created"), None, effect.get("errorCode"), message)


def post(
    books: Books,
    row: sqlite3.Row,
    checked: tuple[VoucherIn, ...] | None = None,
    effect: dict[str, Any] | None = None,
) -> None:
    """Post a stored batch, or mark it failed if the books no longer allow it.

    `checked` are its vouchers if they have just passed all checks; `effect` may lose some of it.
    """
    vouchers = checked
    if vouchers is None:
        details = Details()
        vouchers = read_vouchers(
            json.loads(row["content"]), details, books.client.config["limits"]["maxLinesPerVoucher"]
        )
        check_vouchers(vouchers, books, details)
        if len(details):
            _refuse_to_post(books, row, details)
            return
    new_vouchers = vouchers_to_post(books, vouchers, row["number"], row["external_id"], row["voucher_series"])
    new_vouchers = effects.lose(effect, new_vouchers, len(vouchers))
    journal = write_journal(books.store, books.client.id, new_vouchers, books.now.timestamp())
    results = [_result(voucher, "updated", new.number) for voucher, new in zip(vouchers, new_vouchers, strict=False)]
    _set(
        books, row, status="updated", journal_number=journal, error_code=None, error_message=None, busy_until=None,
        updated_at=books.now.timestamp(), results=json.dumps(results),
    )  # fmt: skip


def _refuse_to_post(books: Books, row: sqlite3.Row, details: Details) -> None:
    by_voucher: dict[int, list[dict[str, str]]] = {}
    for detail in details:
        head, _, field = detail.field.partition(".")
        index = int(head.removeprefix("vouchers[").removesuffix("]"))
        by_voucher.setdefault(index, []).append(detail.as_json() | {"field": field})
    first = next(iter(details))
    reason = NORWEGIAN.get(first.code, first.message)
    _fail(books, row, "batch_update_failed", f"Bunten kan ikke oppdateres. {reason}", by_voucher)


def _fail(books: Books, row: sqlite3.Row, code: str, message: str, errors: dict[int, list[dict[str, str]]]) -> None:
    results = json.loads(row["results"])
    for index, result in enumerate(results):
        result |= {"status": "failed", "errors": errors.get(index, [])}
    _set(
        books,
        row,
        status="failed",
        error_code=code,
        error_message=message,
        busy_until=None,
        results=json.dumps(results),
    )


def _set(books: Books, row: sqlite3.Row, **values: Any) -> None:
    names = ", ".join(f"{name} = ?" for name in values)
    with books.store.transaction() as connection:
        connection.execute(
            f"update batch set {names} where client = ? and number = ?",  # noqa: S608 - names are our own columns
            (*values.values(), row["client"], row["number"]),
        )


def settle(books: Books) -> None:
    """Finish delayed postings that are due."""
    due = books.store.rows(
        "select * from batch where client = ? and busy_until is not null and busy_until <= ? order by number",
        books.client.id,
        books.now.timestamp(),
    )
    if due:
        with books.store.transaction():
            for row in due:
                post(books, row)


def delete(books: Books, number: int) -> None:
    """Delete an unposted batch. Raises 404 and 409."""
    with books.store.transaction() as connection:
        row = get_row(books.store, books.client.id, number)
        if row["status"] == "updated":
            message = f"Batch {number} is posted in journal {row['journal_number']}."
            raise Refusal(409, "batch_already_updated", message)
        if row["busy_until"] is not None:
            raise Refusal(409, "batch_busy", f"Batch {number} is being posted.")
        connection.execute("delete from batch where client = ? and number = ?", (books.client.id, number))


def find_row(store: Store, client: str, number: int) -> sqlite3.Row | None:
    """Return a batch by its number, None if there is none."""
    return store.row("select * from batch where client = ? and number = ?", client, number)


def get_row(store: Store, client: str, number: int) -> sqlite3.Row:
    """Return a batch by its number. Raises 404."""
    row = find_row(store, client, number)
    if row is None:
        raise not_found("batch_unknown", f"Batch {number} does not exist.")
    return row


def find_by_external_id(store: Store, client: str, external_id: str | None) -> sqlite3.Row | None:
    """Return the batch with this external id, None if there is none."""
    return store.row("select * from batch where client = ? and external_id = ?", client, external_id)


def _results(vouchers: tuple[VoucherIn, ...], status: str) -> str:
    return json.dumps([_result(voucher, status, voucher.number) for voucher in vouchers])


def _result(voucher: VoucherIn, status: str, number: int | None) -> dict[str, Any]:
    return {
        "voucherNumber": number,
        "type": voucher.type,
        "relatedVoucherNumber": voucher.related,
        "status": status,
        "errors": [],
    }


def as_json(row: sqlite3.Row, stale_after: float | None = None) -> dict[str, Any]:
    """Return the contract's Batch. A batch posted after `stale_after` is shown as not yet posted."""
    status, results = row["status"], json.loads(row["results"])
    posted = status == "updated"
    if posted and stale_after is not None and row["updated_at"] > stale_after:
        status, posted = "created", False
        results = [result | {"status": "created"} for result in results]
    return {
        "batchNumber": row["number"],
        "externalId": row["external_id"],
        "status": status,
        "updateInProgress": row["busy_until"] is not None,
        "autoUpdate": bool(row["auto_update"]),
        "valueDate": row["value_date"],
        "description": row["description"],
        "origin": "ExternalApplication",
        "voucherSeries": row["voucher_series"],
        "voucherJournalNumber": row["journal_number"] if posted else None,
        "vouchers": results,
        "errorCode": row["error_code"],
        "errorMessage": row["error_message"],
        "createdAt": timestamp(row["created_at"]),
        "updatedAt": timestamp(row["updated_at"]) if posted else None,
    }
