"""Posting effects: what to inject when a batch is posted. Set by `/admin/clients/{id}/posting`, stored in the database.

effect            what happens at the next posting
notTried          it is not attempted: the batch stays created, without an error
locked            transient: the batch stays as it is, with `ledger_locked`
refused           permanent failure, with `errorCode` and `errorMessage`
delay             posting takes `seconds`; until then the batch has updateInProgress
closePeriod       the voucher's period is closed between check and posting
deactivateAccount likewise with `accountNumber` (default: the first line's)
misreport         process only: a 200 with the given `status`, `errorCode` and `errorMessage` and no journal number,
                  whatever is true; `posted` says whether it was posted
lose              the ledger posts, and loses what `lost` names: fields of the voucher such as yourReference, `entryText`
                  (the lines' texts), `accrual` (what lines ask for)
"""

import json
from dataclasses import replace
from typing import Any

from bilag_sandbox.common import Store
from bilag_sandbox.hub.books import Books
from bilag_sandbox.hub.ledger import NewVoucher
from bilag_sandbox.hub.refusals import malformed

EFFECTS = ("notTried", "locked", "refused", "delay", "closePeriod", "deactivateAccount", "misreport", "lose")
FIELDS = {
    "effect": str,
    "times": int | None,
    "on": str | None,
    "seconds": int | float,
    "errorCode": str | None,
    "errorMessage": str | None,
    "accountNumber": str | None,
    "status": str,
    "posted": bool,
    "lost": list,
}


def add(store: Store, client: str, spec: Any) -> None:
    """Add an effect for `times` postings (default 1, null = until cleared). Raises 400."""
    if not isinstance(spec, dict) or spec.get("effect") not in EFFECTS:
        raise malformed(f"effect is one of {', '.join(EFFECTS)}")
    for name, value in spec.items():
        if name not in FIELDS or not isinstance(value, FIELDS[name]):
            raise malformed(f"{name} is unknown or has a wrong type; an effect has {', '.join(FIELDS)}")
    if spec.get("on") not in (None, "create", "process"):
        raise malformed("on is create or process")
    stored = {"seconds": 5} | spec | ({"on": "process"} if spec["effect"] == "misreport" else {})
    with store.transaction() as connection:
        connection.execute(
            "insert into posting_effect values (null, ?, ?, ?)", (client, json.dumps(stored), spec.get("times", 1))
        )


def take(store: Store, client: str, occasion: str) -> dict[str, Any] | None:
    """Return the effect for this posting, oldest first, and count it down; None if there is none."""
    rows = store.rows(
        "select * from posting_effect where client = ? and (left is null or left > 0) order by id", client
    )
    for row in rows:
        spec: dict[str, Any] = json.loads(row["spec"])
        if spec.get("on") in (None, occasion):
            with store.transaction() as connection:
                connection.execute("update posting_effect set left = left - 1 where id = ?", (row["id"],))
            return spec
    return None


def list_effects(store: Store, client: str) -> list[dict[str, Any]]:
    """List the active effects."""
    rows = store.rows(
        "select * from posting_effect where client = ? and (left is null or left > 0) order by id", client
    )
    return [json.loads(row["spec"]) | {"left": row["left"]} for row in rows]


def clear(store: Store, client: str) -> None:
    """Remove all effects."""
    with store.transaction() as connection:
        connection.execute("delete from posting_effect where client = ?", (client,))


def lose(effect: dict[str, Any] | None, vouchers: list[NewVoucher], sent: int) -> list[NewVoucher]:
    """Return the vouchers without what the effect loses; the first `sent` of them were sent, the others are accruals."""
    lost = set(effect.get("lost", ())) if effect is not None and effect["effect"] == "lose" else set()
    if not lost:
        return vouchers
    left = []
    for voucher in vouchers[:sent] if "accrual" in lost else vouchers:
        header = {name: None if name in lost else value for name, value in voucher.header.items()}
        entries = voucher.entries
        if "entryText" in lost:
            entries = tuple(replace(entry, text=None) for entry in entries)
        left.append(replace(voucher, header=header, entries=entries))
    return left


def change_books(books: Books, effect: dict[str, Any], vouchers: list[dict[str, Any]]) -> None:
    """Make the change that happens between check and posting."""
    first = vouchers[0]
    with books.store.transaction() as connection:
        if effect["effect"] == "closePeriod":
            day = first.get("valueDate") or first["voucherDate"]
            connection.execute(
                "update period set state = 'closed' where client = ? and first_date <= ? and last_date >= ?",
                (books.client.id, day, day),
            )
        elif effect["effect"] == "deactivateAccount":
            number = effect.get("accountNumber") or first["lines"][0]["accountNumber"]
            connection.execute(
                "update account set active = 0 where client = ? and number = ?", (books.client.id, number)
            )
