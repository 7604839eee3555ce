"""Fill a company with the sample year."""

from datetime import date, datetime
from typing import Any

from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.invoicing import NUMBERS, with_pdf
from bilag_sandbox.moment.records import shown
from bilag_sandbox.sample import Sample

MODES = ("year", "drafts", "finalized", "none")
LOADED = "sample"
TIMES = ("createdDate", "finalizedDate", "lastModifiedDate")


def mode_from(text: str) -> str:
    """Check a mode's name. Raises ValueError."""
    if text not in MODES:
        raise ValueError(f"{text} is no sample; there are {', '.join(MODES)}")
    return text


def was_filled(company: Company) -> bool:
    """Return whether the company has been filled before, with or without a sample; it is then left as it is."""
    return company.store.row("select 1 from setting where name = ?", LOADED) is not None


def clear(company: Company) -> None:
    """Remove everything but the settings."""
    with company.store.transaction() as connection:
        for table in ("object", "attachment", "sequence"):
            connection.execute(f"delete from {table}")  # noqa: S608 - one of three fixed names
        connection.execute("delete from setting where name = ?", (LOADED,))


def fill(company: Company, sample: Sample | None, mode: str) -> None:
    """Load the sample in one transaction.

    year: the last month's invoices are drafts, earlier ones finalised and transferred; drafts: all are drafts;
    finalized: all are finalised and to be transferred; none: nothing is loaded.
    """
    with company.store.transaction() as connection:
        connection.execute("insert or replace into setting values (?, ?)", (LOADED, f'"{mode}"'))
        if sample is None or mode == "none":
            return
        for entity, bodies in (
            ("projectStates", sample.project_states),
            ("departments", sample.departments),
            ("userAccounts", sample.user_accounts),
            ("financialAccounts", [_of_company(company, body) for body in sample.financial_accounts]),
            ("customers", sample.customers),
            ("projects", sample.projects),
            ("projectExtensions", sample.project_extensions),
        ):
            for body in bodies:
                company.records.add(entity, body)
        _reserve(company, sample)
        _invoices(company, sample, mode)


def _of_company(company: Company, account: dict[str, Any]) -> dict[str, Any]:
    return account | {"companyId": int(company.settings["companyId"])}


def _reserve(company: Company, sample: Sample) -> None:
    records = company.records
    records.reserve("customers number", max(int(customer["customerNumber"]) for customer in sample.customers))
    records.reserve("projects number", max(int(project["projectNumber"]) for project in sample.projects))
    records.reserve("priceModel", max(model["id"] for project in sample.projects for model in project["priceModels"]))
    records.reserve("invoice line", max(line["id"] for invoice in sample.invoices for line in invoice["lines"]))


def _invoices(company: Company, sample: Sample, mode: str) -> None:
    id_of = {invoice["invoiceNumber"]: invoice["id"] for invoice in sample.invoices}
    first = sample.invoices[0]["invoiceNumber"]
    company.records.reserve(NUMBERS, first - 1)
    for invoice in sample.invoices:
        of_last_month = date.fromisoformat(invoice["issueDate"]) >= sample.last_month_begins
        hidden = {"kid": invoice["paymentId"] is not None, "credits": id_of.get(invoice["creditedInvoiceNumber"])}
        if mode == "drafts" or (mode == "year" and of_last_month):
            company.records.add("invoices", _draft(company, _past(company, invoice)), hidden)
            continue
        status = "toTransfer" if mode == "finalized" else "transferred"
        record = company.records.add("invoices", _past(company, invoice) | {"exportStatus": status}, hidden)
        company.records.reserve(NUMBERS, invoice["invoiceNumber"])
        with_pdf(company, record)


def _draft(company: Company, invoice: dict[str, Any]) -> dict[str, Any]:
    """Return the invoice as it was before it was finalised; finalising assigns its numbers."""
    credited = invoice["creditedInvoiceNumber"]
    known = credited is not None and company.records.by_number("invoices", str(credited)) is not None
    return invoice | {
        "version": 1,
        "invoiceNumber": None,
        "invoiceState": "draft",
        "exportStatus": "toTransfer",
        "finalizedDate": None,
        "paymentId": None,
        "creditedInvoiceNumber": credited if known else None,
        "description": None if credited is not None else invoice["description"],
        "lastModifiedDate": invoice["createdDate"],
    }


def _past(company: Company, invoice: dict[str, Any]) -> dict[str, Any]:
    """Limit times to now: the sample's last day may not be over yet."""
    now = company.records.now()
    later = [name for name in TIMES if datetime.fromisoformat(invoice[name]) > now]
    return invoice | dict.fromkeys(later, shown(now))
