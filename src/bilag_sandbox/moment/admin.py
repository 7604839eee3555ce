"""The operator's API under /admin, without sign-in: what users do in Moment, and faults they never could.

Bodies are JSON objects. `{key}` is an object's id, or `number:5001`.
"""

import asyncio
from datetime import date
from typing import Any

from starlette.routing import Route

from bilag_sandbox.moment.call import Answer, Call, Operation, endpoint
from bilag_sandbox.moment.company import CHANGED, KIND_OF, Company
from bilag_sandbox.moment.entities import ENTITIES
from bilag_sandbox.moment.expenses import INPUT
from bilag_sandbox.moment.invoicing import (
    create_draft,
    credit,
    drafts_in_order,
    edit_invoice,
    finalise,
    insert,
    invoice_on,
)
from bilag_sandbox.moment.loading import clear, fill, mode_from
from bilag_sandbox.moment.masters import MASTERS, change_master, create_master
from bilag_sandbox.moment.operations import with_export_status
from bilag_sandbox.moment.records import Record
from bilag_sandbox.moment.refusals import not_found, wrong
from bilag_sandbox.moment.settings import SettingError
from bilag_sandbox.sample import architects_year, norwegian


def _record(call: Call, entity: str) -> Record:
    key = call.path("key")
    if key.startswith("number:"):
        found = call.company.records.by_number(entity, key.removeprefix("number:"))
        if found is None:
            raise not_found()
        return found
    return call.company.records.get(entity, call.id("key"))


def state(call: Call) -> Answer:
    """Return the settings, and the number of objects in each state."""
    company = call.company
    counts: dict[str, dict[str, int]] = {}
    for row in company.store.rows(
        "select entity, coalesce(state, '') as state, count(*) as n from object group by 1, 2 order by 1, 2"
    ):
        counts.setdefault(row["entity"], {})[row["state"] or "all"] = row["n"]
    export = company.store.rows(
        "select export_status, count(*) as n from object where entity = 'invoices' and state = 'finalized' group by 1"
    )
    return Answer(
        {
            "settings": company.settings.values,
            "counts": counts,
            "exportStatus": {row["export_status"]: row["n"] for row in export},
            "faults": [{"id": fault.id, "kind": fault.kind, "hits": fault.hits} for fault in company.faults.faults],
        }
    )


async def settings(call: Call) -> Answer:
    """Change settings; the random behaviour is seeded again."""
    try:
        call.company.settings.change(await call.object())
    except SettingError as error:
        raise wrong("settings", str(error)) from error
    call.company.mood.seed(call.company.settings["moodSeed"])
    return Answer(call.company.settings.values)


async def sample(call: Call) -> Answer:
    """Replace all data by the sample: `mode`, `lastDay` (default today), `seed` (default 1)."""
    body = await call.object("mode", "lastDay", "seed")
    try:
        mode = mode_from(str(body.get("mode", "year")))
        last_day = (
            date.fromisoformat(body["lastDay"]) if "lastDay" in body else norwegian(call.company.records.now()).date()
        )
    except (TypeError, ValueError) as error:
        raise wrong("sample", str(error)) from error
    seed = body.get("seed", 1)
    if type(seed) is not int:
        raise wrong("seed", "a whole number is expected")
    with call.company.store.transaction():
        clear(call.company)
        fill(call.company, architects_year(last_day, seed), mode)
    return state(call)


def master_created(entity: str) -> Operation:
    """Return the operation that creates a customer, project, department, user, account or activity."""

    async def operation(call: Call) -> Answer:
        return Answer(create_master(call.company, entity, await call.object()).body, 201)

    return operation


def master_changed(entity: str) -> Operation:
    """Return the operation that changes one."""

    async def operation(call: Call) -> Answer:
        given = await call.object()
        return Answer(change_master(call.company, _record(call, entity), given).body)

    return operation


async def draft_created(call: Call) -> Answer:
    """Create a draft."""
    return Answer(create_draft(call.company, await call.object()).body, 201)


async def invoice_inserted(call: Call) -> Answer:
    """Insert a finalised invoice exactly as given; `?webhook=false` sends no webhook."""
    notify = call.request.query_params.get("webhook", "true") != "false"
    return Answer(insert(call.company, await call.object(), notify=notify).body, 201)


async def invoice_edited(call: Call) -> Answer:
    """Change any field of an invoice."""
    given = await call.object()
    return Answer(edit_invoice(call.company, _record(call, "invoices"), given).body)


async def invoice_finalised(call: Call) -> Answer:
    """Finalise one draft."""
    given = await call.object()
    return Answer(finalise(call.company, _record(call, "invoices").id, given).body)


async def drafts_finalised(call: Call) -> Answer:
    """Finalise many drafts: `ids` in their order, or the oldest `count`, or all. Each is its own transaction."""
    body = await call.object("ids", "count", "exportStatus")
    ids, limit = body.get("ids"), body.get("count")
    if limit is not None and type(limit) is not int:
        raise wrong("count", "a whole number is expected")
    if ids is None:
        ids = drafts_in_order(call.company, limit)
    if not isinstance(ids, list) or not all(type(number) is int for number in ids):
        raise wrong("ids", "a list of ids is expected")
    changes = {"exportStatus": body["exportStatus"]} if "exportStatus" in body else {}
    done = []
    for number in ids:
        done.append(finalise(call.company, number, changes).body)
        await asyncio.sleep(0)  # let webhooks go out meanwhile
    return Answer({"invoices": done})


async def invoice_credited(call: Call) -> Answer:
    """Create a credit note for an invoice."""
    given = await call.object()
    return Answer(credit(call.company, _record(call, "invoices"), given).body, 201)


async def export_status(call: Call) -> Answer:
    """Set the export status, as a user does."""
    body = await call.object("exportStatus")
    with call.company.store.transaction():
        record = _record(call, "invoices")
        changed = with_export_status(call.company, record, body.get("exportStatus"))
    if changed is not record and call.company.settings["exportStatusEvents"]:
        call.company.notify(changed, CHANGED)
    return Answer(changed.body)


async def expense_changed(call: Call) -> Answer:
    """Change any field of an expense, as a user does."""
    given = await call.object(*INPUT)
    record = _record(call, "projectExpenses")
    with call.company.store.transaction():
        return Answer(call.company.records.change(record, given).body)


def expense_deleted(call: Call) -> Answer:
    """Delete an expense, as a user does."""
    call.company.records.remove(_record(call, "projectExpenses"))
    return Answer(status=204)


async def expense_invoiced(call: Call) -> Answer:
    """Invoice an expense: a line on a new, finalised invoice to the project's customer.

    `markupPercent` is added to the net amount (default 0); `accountNumber` is credited (default 3000).
    """
    given = await call.object("markupPercent", "accountNumber")
    return Answer(invoice_on(call.company, _record(call, "projectExpenses"), given).body, 201)


def webhooks(call: Call) -> Answer:
    """Return addresses, settings, counts and log."""
    return Answer(call.company.webhooks.as_json())


async def webhooks_changed(call: Call) -> Answer:
    """Change addresses and settings."""
    try:
        call.company.webhooks.change(await call.object())
    except SettingError as error:
        raise wrong("webhooks", str(error)) from error
    return webhooks(call)


def webhooks_forgotten(call: Call) -> Answer:
    """Clear counts and log."""
    call.company.webhooks.forget()
    return Answer(status=204)


def webhooks_flushed(call: Call) -> Answer:
    """Send at once the webhooks held back for reordering."""
    call.company.webhooks.flush()
    return Answer(status=204)


async def webhook_sent(call: Call) -> Answer:
    """Send a webhook manually: `kind` and `body` as given, or `entity`, `id` and `event` of an object."""
    given: dict[str, Any] = await call.object("kind", "body", "entity", "id", "event")
    if "kind" in given:
        if given["kind"] not in KIND_OF.values() or not isinstance(given.get("body"), dict):
            raise wrong("kind", f"one of {', '.join(KIND_OF.values())} and a body are expected")
        call.company.webhooks.send(given["kind"], given["body"])
        return Answer(status=204)
    if given.get("entity") not in KIND_OF or type(given.get("id")) is not int:
        raise wrong("entity", f"one of {', '.join(KIND_OF)} and an id are expected")
    record = call.company.records.get(given["entity"], given["id"])
    call.company.notify(record, str(given.get("event", CHANGED)))
    return Answer(status=204)


def admin_routes(company: Company) -> list[Route]:
    """Return the operator's routes."""
    table: list[tuple[str, str, Operation]] = [
        ("GET", "/state", state),
        ("PUT", "/settings", settings),
        ("POST", "/sample", sample),
        ("GET", "/webhooks", webhooks),
        ("PUT", "/webhooks", webhooks_changed),
        ("DELETE", "/webhooks", webhooks_forgotten),
        ("POST", "/webhooks/flush", webhooks_flushed),
        ("POST", "/webhooks/send", webhook_sent),
        ("POST", "/invoices", draft_created),
        ("POST", "/invoices/insert", invoice_inserted),
        ("POST", "/invoices/finalize", drafts_finalised),
        ("PATCH", "/invoices/{key}", invoice_edited),
        ("POST", "/invoices/{key}/finalize", invoice_finalised),
        ("POST", "/invoices/{key}/credit", invoice_credited),
        ("PUT", "/invoices/{key}/export-status", export_status),
        ("PATCH", "/projectExpenses/{key}", expense_changed),
        ("DELETE", "/projectExpenses/{key}", expense_deleted),
        ("POST", "/projectExpenses/{key}/invoice", expense_invoiced),
    ]
    for entity in MASTERS:
        table.append(("POST", f"/{ENTITIES[entity].name}", master_created(entity)))
        table.append(("PATCH", f"/{entity}/{{key}}", master_changed(entity)))
    return [
        Route(f"/admin{path}", endpoint(company, operation, signed_in=False), methods=[method])
        for method, path, operation in table
    ]
