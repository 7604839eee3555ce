"""Convert Moment's objects to Bilag's. Pure."""

from collections.abc import Iterable, Iterator

from bilag.moment.wire import (
    CustomerWire,
    DepartmentWire,
    InvoiceLineWire,
    InvoiceWire,
    ProjectRefWire,
    ProjectWire,
)
from bilag.posting.invoice import Invoice, InvoiceLine, ServicePeriod, Unnumbered
from bilag.posting.master import Customer, Project

INVOICE_TYPE, CREDIT_NOTE_TYPE = "invoice", "creditNote"


def customer_from(wire: CustomerWire) -> Customer:
    """Convert a customer; empty texts become None."""
    lines = (wire.address_line1, wire.address_line2, wire.address_line3)
    return Customer(
        moment_id=wire.id,
        number=clean(wire.customer_number) or "",
        name=clean(wire.name) or "",
        state=clean(wire.customer_state) or "",
        organisation_number=clean(wire.organization_number),
        email=clean(wire.email),
        invoice_email=clean(wire.invoice_email),
        address_lines=tuple(line for line in map(clean, lines) if line),
        postal_code=clean(wire.postal_code),
        city=clean(wire.city),
        country=(clean(wire.country_code) or "").upper() or None,
        version=wire.version,
        modified_at=wire.last_modified_date,
    )


def project_from(wire: ProjectWire) -> Project:
    """Convert a project, with its customer and its department's number in the accounting system."""
    return Project(
        moment_id=wire.id,
        number=clean(wire.project_number) or "",
        name=clean(wire.name) or "",
        state=clean(wire.project_state) or "",
        customer=clean(wire.customer.customer_number) if wire.customer else None,
        customer_moment_id=wire.customer.id if wire.customer else None,
        department=department_number(wire.department),
        version=wire.version,
        modified_at=wire.last_modified_date,
    )


def invoice_from(wire: InvoiceWire, rates_per_hundred: frozenset[str] = frozenset()) -> Invoice:
    """Convert an invoice or credit note; lines are numbered from 1.

    Rates of currencies in `rates_per_hundred` are for a hundred units; the result's rate is for one.
    """
    currency = (clean(wire.currency) or "").upper()
    rate = wire.exchange_rate
    if rate is not None and currency in rates_per_hundred:
        rate = rate.scaleb(-2)  # exact: moves the decimal point
    refs = [ref for ref in (wire.project, *(line.project for line in wire.lines)) if ref is not None]
    places = [place for place in (wire.department, *(line.department for line in wire.lines)) if place is not None]
    return Invoice(
        moment_id=wire.id,
        version=wire.version,
        number=wire.invoice_number,
        finalized=wire.invoice_state == "finalized",
        is_credit_note=wire.invoice_type == CREDIT_NOTE_TYPE,
        export_status=wire.export_status,
        invoice_date=wire.issue_date,
        due_date=wire.due_date,
        finalized_at=wire.finalized_date,
        description=clean(wire.description),
        customer=clean(wire.customer.customer_number) if wire.customer else None,
        project=project_number(wire.project),
        department=department_number(wire.department),
        your_reference=clean(wire.your_reference),
        payment_id=clean(wire.payment_id),
        currency=currency,
        exchange_rate=rate,
        credited_number=wire.credited_invoice_number,
        lines=tuple(_line(position, line) for position, line in enumerate(wire.lines, start=1)),
        net=wire.net_amount,
        vat=wire.vat_amount,
        total=wire.total_amount,
        modified_at=wire.last_modified_date,
        customer_name=clean(wire.customer.name) if wire.customer else None,
        customer_moment_id=wire.customer.id if wire.customer else None,
        project_moment_ids=tuple(
            {number: ref.id for ref in refs if (number := project_number(ref)) and ref.id is not None}.items()
        ),
        departments=tuple(
            {number: clean(place.name) or number for place in places if (number := department_number(place))}.items()
        ),
        unnumbered=tuple(_unnumbered(wire)),
        half_periods=tuple(
            position
            for position, line in enumerate(wire.lines, start=1)
            if (line.accrual_from is None) != (line.accrual_to is None)
        ),
        unknown_type=None if wire.invoice_type in (INVOICE_TYPE, CREDIT_NOTE_TYPE) else clean(wire.invoice_type) or "",
    )


def _line(position: int, wire: InvoiceLineWire) -> InvoiceLine:
    period = None
    if wire.accrual_from is not None and wire.accrual_to is not None:
        period = ServicePeriod(wire.accrual_from, wire.accrual_to)
    return InvoiceLine(
        position=position,
        text=clean(wire.text),
        account=clean(wire.account_number),
        vat_code=clean(wire.vat_code),
        vat_rate=wire.vat_rate,
        net=wire.net_amount,
        vat=wire.vat_amount,
        project=project_number(wire.project),
        department=department_number(wire.department),
        service_period=period,
    )


def project_number(ref: ProjectRefWire | None) -> str | None:
    """Return the project's number, or None."""
    return clean(ref.project_number) if ref is not None else None


def department_number(wire: DepartmentWire | None) -> str | None:
    """Return the department's number in the accounting system, else its own in Moment, else None (decisions.md)."""
    if wire is None:
        return None
    return clean(wire.external_department_number) or clean(wire.department_number)


def _unnumbered(wire: InvoiceWire) -> Iterator[Unnumbered]:
    """Yield each project and department that the invoice or a line names, and that has no number.

    A line's own comes before the invoice's, so a line whose own has no number must not get the invoice's.
    """
    places: Iterable[tuple[int | None, InvoiceWire | InvoiceLineWire]] = [(None, wire), *enumerate(wire.lines, start=1)]
    for position, place in places:
        project, department = place.project, place.department
        if project is not None and _is_named(project) and project_number(project) is None:
            yield Unnumbered("project", clean(project.name) or str(project.id), position)
        if department is not None and _is_named(department) and department_number(department) is None:
            yield Unnumbered("department", clean(department.name) or str(department.id), position)


def _is_named(ref: ProjectRefWire | DepartmentWire) -> bool:
    return ref.id is not None or clean(ref.name) is not None


def clean(text: str | None) -> str | None:
    """Strip white space; None if nothing is left."""
    return (text or "").strip() or None
