"""What the next posting does beside what it should: for tests of what a client makes of it.

{"effect": "refused", "detail": "...", "status": 400}   nothing is posted
{"effect": "lose", "lost": ["Cid", "DueDate"]}          posted, but without these fields of the customer's entry or the voucher
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bilag_sandbox.poweroffice_go.go import Client, Go
from bilag_sandbox.poweroffice_go.refusals import Refusal, bad_request

EFFECTS = {"refused": {"detail", "status"}, "lose": {"lost"}}


def add(go: Go, client: Client, spec: Any) -> None:
    """Add an effect on the next postings. Raises 400."""
    if not isinstance(spec, dict) or spec.get("effect") not in EFFECTS:
        raise bad_request("Effect", f"effect is one of {', '.join(EFFECTS)}.")
    if set(spec) - EFFECTS[spec["effect"]] - {"effect", "times"}:
        raise bad_request("Effect", f"{spec['effect']} may have {', '.join(EFFECTS[spec['effect']])} and times.")
    with go.store.transaction() as connection:
        connection.execute(
            "insert into posting_effect values (null, ?, ?, ?)", (client.id, json.dumps(spec), spec.get("times", 1))
        )


def clear(go: Go, client: Client) -> None:
    """Remove all effects."""
    with go.store.transaction() as connection:
        connection.execute("delete from posting_effect where client = ?", (client.id,))


def listed(go: Go, client: Client) -> list[Any]:
    """Return the effects that are left."""
    rows = go.store.rows("select * from posting_effect where client = ? order by id", client.id)
    return [json.loads(row["spec"]) | {"left": row["left"]} for row in rows]


def take(go: Go, client: Client) -> Mapping[str, Any] | None:
    """Take the next effect, None if there is none. Raises the refusal that it says."""
    row = go.store.row(
        "select * from posting_effect where client = ? and (left is null or left > 0) order by id limit 1", client.id
    )
    if row is None:
        return None
    spec: Mapping[str, Any] = json.loads(row["spec"])
    with go.store.transaction() as connection:
        connection.execute("update posting_effect set left = left - 1 where id = ?", (row["id"],))
    return spec


def refuse(effect: Mapping[str, Any] | None) -> None:
    """Raise the refusal that an effect asks for."""
    if effect is not None and effect["effect"] == "refused":
        detail = effect.get("detail", "The voucher cannot be posted.")
        raise Refusal(effect.get("status", 400), "Voucher validation error(s)", detail)


def lose(effect: Mapping[str, Any] | None, voucher: Any) -> Any:
    """Return the voucher without the fields that an effect loses."""
    if effect is None or effect["effect"] != "lose":
        return voucher
    lost = set(effect.get("lost", ()))
    entries = tuple(
        replace(
            entry,
            text=None if "Description" in lost else entry.text,
            more={name: value for name, value in entry.more.items() if name not in lost},
        )
        for entry in voucher.entries
    )
    posted = {name: value for name, value in voucher.body["posted"].items() if name not in lost}
    changes: dict[str, Any] = {"entries": entries, "body": {"posted": posted}}
    for name, field in (
        ("Description", "description"),
        ("ImportedVoucherNo", "imported_no"),
        ("ExternalImportReference", "reference"),
    ):
        if name in lost:
            changes[field] = None
    return replace(voucher, **changes)
