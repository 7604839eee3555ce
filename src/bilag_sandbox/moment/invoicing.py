"""The life of an invoice: draft, finalised with the next number, credited. Also invalid invoices, for tests.

Amounts are computed as in the sample (line net to the øre, VAT half up, header = sums) unless given.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bilag_sandbox.moment.attachments import attach
from bilag_sandbox.moment.company import CREATED, Company
from bilag_sandbox.moment.entities import ENTITIES, EXPORT_STATUSES
from bilag_sandbox.moment.masters import find_reference, reference, today
from bilag_sandbox.moment.pdf import invoice_pdf
from bilag_sandbox.moment.pricing import new_line, reversed_line
from bilag_sandbox.moment.records import Record, shown
from bilag_sandbox.moment.refusals import conflict, invalid, not_found, wrong
from bilag_sandbox.sample import kid_of, rounded, sums_of

FIRST_NUMBER, NUMBERS = 5001, "invoice number"
DAYS_TO_PAY = timedelta(days=14)
FIXED = ("id", "version", "lastModifiedDate", "createdDate", "attachments")
DRAFTABLE = (
    "invoiceType", "exportStatus", "issueDate", "dueDate", "description", "customer", "project", "department",
    "yourReference", "paymentId", "currency", "exchangeRate", "creditedInvoiceNumber", "lines", "netAmount",
    "vatAmount", "totalAmount",
)  # fmt: skip
AMOUNTS = ("netAmount", "vatAmount", "totalAmount")
REFERENCES = ("customer", "project", "department")


def create_draft(company: Company, given: Mapping[str, Any]) -> Record:
    """Create a draft, without number. `kid` false omits the payment id when it is finalised. Raises 400 and 422."""
    _check_names(given, (*DRAFTABLE, "kid"))
    with company.store.transaction():
        body = _template() | {name: value for name, value in given.items() if name in DRAFTABLE}
        for name in REFERENCES:
            body[name] = reference(company, name, given.get(name))
        if body["customer"] is None:
            raise invalid("customer", "Required")
        if body["exportStatus"] not in EXPORT_STATUSES:
            raise invalid("exportStatus", f"one of {', '.join(EXPORT_STATUSES)} is expected")
        body["lines"] = [new_line(company, line) for line in _lines(given)]
        body |= _summed(body["lines"], given)
        return company.records.add("invoices", body, {"kid": given.get("kid", True) is True, "credits": None})


def _check_names(given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for name in given:
        if name not in allowed:
            raise wrong(name[:60], f"unknown; there are {', '.join(allowed)}")


def _lines(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lines = given.get("lines") or []
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise wrong("lines", "a list of objects is expected")
    return lines


def _template() -> dict[str, Any]:
    return dict.fromkeys(name for name in ENTITIES["invoices"].fields if name not in FIXED) | {
        "invoiceState": "draft",
        "invoiceType": "invoice",
        "exportStatus": "toTransfer",
        "currency": "NOK",
        "exchangeRate": 1,
        "attachments": [],
    }


def _summed(lines: list[dict[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    sums = sums_of(lines)
    amounts = {"netAmount": sums.net, "vatAmount": sums.vat, "totalAmount": sums.total}
    return amounts | {name: given[name] for name in AMOUNTS if given.get(name) is not None}


def finalise(company: Company, number: int, changes: Mapping[str, Any] | None = None) -> Record:
    """Give a draft its number and send the webhook. `changes`: exportStatus, issueDate, dueDate. Raises 409 and 422."""
    given = dict(changes or {})
    _check_names(given, ("exportStatus", "issueDate", "dueDate"))
    with company.store.transaction():
        record = company.records.get("invoices", number)
        done = _finalise(company, record, given)
    company.notify(done, CREATED)
    return done


def _finalise(company: Company, record: Record, given: Mapping[str, Any]) -> Record:
    body = record.body | dict(given)
    if record.body["invoiceState"] != "draft":
        raise conflict("The invoice is finalized already")
    if not body["lines"]:
        raise invalid("lines", "An invoice has lines")
    if body["exportStatus"] not in EXPORT_STATUSES:
        raise invalid("exportStatus", f"one of {', '.join(EXPORT_STATUSES)} is expected")
    credited = body["creditedInvoiceNumber"]
    if record.hidden.get("credits") is not None:
        credited = company.records.get("invoices", record.hidden["credits"]).body["invoiceNumber"]
        if credited is None:
            raise conflict("Finalize the invoice that is credited first")
    is_invoice = body["invoiceType"] == "invoice"
    issued = body["issueDate"] or today(company)
    due = body["dueDate"]
    if due is None and is_invoice:
        due = _day(issued, DAYS_TO_PAY)
    invoice_number = company.records.next_of(NUMBERS, FIRST_NUMBER)
    with_kid = is_invoice and body["paymentId"] is None and record.hidden.get("kid", True)
    done = company.records.change(
        record,
        {
            **given,
            "invoiceNumber": invoice_number,
            "invoiceState": "finalized",
            "issueDate": issued,
            "dueDate": due,
            "finalizedDate": shown(company.records.now()),
            "creditedInvoiceNumber": credited,
            "description": body["description"] or _credit_description(credited),
            "paymentId": kid_of(invoice_number) if with_kid else body["paymentId"],
        },
    )
    return with_pdf(company, done)


def _credit_description(credited: int | None) -> str | None:
    return None if credited is None else f"Kreditnota til faktura {credited}"


def _day(issued: Any, later: timedelta) -> str:
    try:
        return (date.fromisoformat(issued) + later).isoformat()
    except (TypeError, ValueError, OverflowError) as error:
        raise invalid("issueDate", "A date such as 2026-05-29 is expected") from error


def invoice_on(company: Company, expense: Record, given: Mapping[str, Any]) -> Record:
    """Create a finalised invoice for one expense to its project's customer, and mark the expense invoiced.

    Raises 400, 409 and 422.
    """
    body = expense.body
    if body["invoicedState"] == "invoiced" or not body["billable"]:
        raise conflict("The expense is invoiced already, or not billable")
    markup = given.get("markupPercent", 0)
    if type(markup) is not int:
        raise wrong("markupPercent", "a whole number is expected")
    project = company.records.get("projects", body["projectId"])
    net = rounded(Decimal(body["netAmount"]) * (100 + markup) / 100)
    line = {
        "text": body["title"],
        "accountNumber": str(given.get("accountNumber", "3000")),
        "quantity": 1,
        "unitPrice": net,
        "project": {"id": project.id},
    }
    with company.store.transaction():
        draft = create_draft(
            company, {"customer": project.body["customer"], "project": {"id": project.id}, "lines": [line]}
        )
        company.records.change(company.records.get("projectExpenses", expense.id), {"invoicedState": "invoiced"})
    return finalise(company, draft.id)


def with_pdf(company: Company, record: Record) -> Record:
    """Attach the invoice's PDF, without changing version or date."""
    name = f"faktura-{record.body['invoiceNumber']}.pdf"
    content = invoice_pdf(record.body)
    return attach(company.records, record, name, "application/pdf", content, touch=False)[0]


def drafts_in_order(company: Company, limit: int | None) -> list[int]:
    """Return the ids of the drafts, oldest first."""
    rows = company.store.rows(
        "select id from object where entity = 'invoices' and state = 'draft' order by id limit ?",
        -1 if limit is None else limit,
    )
    return [row["id"] for row in rows]


def credit(company: Company, record: Record, given: Mapping[str, Any]) -> Record:
    """Create a credit note for a finalised invoice: all of it, or `lines` (`id`, and `quantity` for part of a line).

    It is finalised and its webhook sent at once, unless `finalize` is false. Raises 409 and 422.
    """
    _check_names(given, ("lines", "description", "exportStatus", "issueDate", "finalize"))
    if record.body["invoiceState"] != "finalized" or record.body["invoiceType"] != "invoice":
        raise conflict("Only a finalized invoice can be credited")
    invoice = record.body
    by_id = {line["id"]: line for line in invoice["lines"]}
    with company.store.transaction():
        if given.get("lines") is None:
            lines = [reversed_line(company, line) for line in invoice["lines"]]
            amounts = {name: -Decimal(invoice[name]) + 0 for name in AMOUNTS}
        else:
            lines = []
            for part in _lines(given):
                if part.get("id") not in by_id:
                    raise invalid("lines", f"the invoice has no line {part.get('id')}")
                lines.append(reversed_line(company, by_id[part["id"]], part.get("quantity")))
            amounts = _summed(lines, {})
        body = _template() | {
            name: invoice[name] for name in (*REFERENCES, "yourReference", "currency", "exchangeRate")
        }
        body |= {
            "invoiceType": "creditNote",
            "description": given.get("description") or _credit_description(invoice["invoiceNumber"]),
            "exportStatus": given.get("exportStatus", "toTransfer"),
            "issueDate": given.get("issueDate"),
            "creditedInvoiceNumber": invoice["invoiceNumber"],
            "lines": lines,
            **amounts,
        }
        draft = company.records.add("invoices", body, {"kid": False, "credits": record.id})
    return draft if given.get("finalize") is False else finalise(company, draft.id)


def insert(company: Company, given: Mapping[str, Any], *, notify: bool = True) -> Record:
    """Insert a finalised invoice exactly as given, valid or not; only missing fields are filled in.

    Raises 409 if the number is taken.
    """
    _check_names(given, tuple(name for name in ENTITIES["invoices"].fields if name not in ("id", "version")))
    with company.store.transaction():
        number = given.get("invoiceNumber")
        if number is None:
            number = company.records.next_of(NUMBERS, FIRST_NUMBER)
        elif company.records.by_number("invoices", str(number)) is not None:
            raise conflict(f"There is an invoice {number}")
        else:
            company.records.reserve(NUMBERS, number)
        body = _template() | {
            "invoiceState": "finalized",
            "issueDate": today(company),
            "finalizedDate": shown(company.records.now()),
        }
        body |= dict(given) | {"invoiceNumber": number}
        if body["invoiceType"] == "invoice":
            due = None if body["issueDate"] is None else _day(body["issueDate"], DAYS_TO_PAY)
            body |= {"dueDate": given.get("dueDate", due), "paymentId": given.get("paymentId", kid_of(number))}
        for name in REFERENCES:
            body[name] = find_reference(company, name, given.get(name)) or given.get(name)
        body["lines"] = [new_line(company, line) for line in _lines(given)]
        body |= _summed(body["lines"], given)
        record = company.records.add("invoices", body, {"kid": False, "credits": None})
        record = with_pdf(company, record)
    if notify:
        company.notify(record, CREATED)
    return record


def edit_invoice(company: Company, record: Record, given: Mapping[str, Any]) -> Record:
    """Change any field of an invoice, finalised or not. Lines are matched by `id`; one without id is added.

    `recalculate` (default for drafts) prices the given lines and sums up the header again.
    """
    allowed = tuple(name for name in ENTITIES["invoices"].fields if name not in FIXED)
    _check_names(given, (*allowed, "recalculate"))
    recalculate = given.get("recalculate", record.body["invoiceState"] == "draft") is True
    with company.store.transaction():
        record = company.records.get("invoices", record.id)
        changes: dict[str, Any] = {name: value for name, value in given.items() if name != "recalculate"}
        for name in REFERENCES:
            if name in changes:
                changes[name] = find_reference(company, name, changes[name]) or changes[name]
        if "lines" in changes:
            changes["lines"] = _edited_lines(company, record, _lines(given), recalculate)
        if recalculate:
            lines: list[dict[str, Any]] = changes["lines"] if "lines" in changes else record.body["lines"]
            changes |= _summed(lines, given)
        number = changes.get("invoiceNumber")
        if number is not None and number != record.body["invoiceNumber"]:
            if company.records.by_number("invoices", str(number)) is not None:
                raise conflict(f"There is an invoice {number}")
            company.records.reserve(NUMBERS, number)
        return company.records.change(record, changes)


def _edited_lines(
    company: Company, record: Record, given: list[Mapping[str, Any]], recalculate: bool
) -> list[dict[str, Any]]:
    lines = {line["id"]: line for line in record.body["lines"]}
    for change in given:
        if change.get("id") is None:
            line = new_line(company, change)
        elif change["id"] not in lines:
            raise not_found()
        elif recalculate:
            current = lines[change["id"]]
            again = {"netAmount": None, "vatAmount": None} | dict(change)
            line = new_line(company, current | again) | {"id": current["id"]}
        else:
            line = lines[change["id"]] | _with_references(company, change)
        lines[line["id"]] = line
    return list(lines.values())


def _with_references(company: Company, change: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        name: find_reference(company, name, change[name]) or change[name]
        for name in ("project", "department")
        if name in change
    }
    return dict(change) | found
