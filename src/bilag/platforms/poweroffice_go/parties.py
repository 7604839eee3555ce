"""Customers, projects and departments: each is found by its number, compared exactly, and created or changed.

`,` and `-` mean something in Go's filters, and Go compares codes without regard to case, so a filter only narrows the search.
Go's ids are remembered for a while, and forgotten after a refusal.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from bilag.platforms.organisation_numbers import is_invalid, norwegian_number
from bilag.platforms.poweroffice_go import operations as go
from bilag.platforms.poweroffice_go.books import DEPARTMENT, FIRST_DIMENSION, LIMITS, PROJECT
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.problems import About
from bilag.platforms.poweroffice_go.wire import CustomerWire, DepartmentWire, DimensionWire, GoObject, ProjectWire
from bilag.posting.master import Customer, Department, Project
from bilag.posting.problem import Problem
from bilag.posting.texts import cut, one_line
from bilag.wire.errors import Refused

ADDRESS_LINES = 2
LONGEST_NUMBER = 18
NO_CODE = "-1"
"""In a filter of codes: those without a code."""
Found = TypeVar("Found", bound=GoObject)


class Parties:
    """Finds and puts what vouchers refer to. Thread-safe: two that learn the same id learn the same."""

    def __init__(self, client: GoClient) -> None:
        self._client = client
        self._ids: dict[tuple[str, str], int] = {}
        self._ledger_ids: dict[str, int] = {}

    def forget(self) -> None:
        """Forget all ids: something was refused, so one of them may be gone."""
        self._ids.clear()
        self._ledger_ids.clear()

    def ledger_account(self, number: str) -> int | None:
        """Return the id of the customer's account in the sub-ledger; None if there is no active customer of this number."""
        if number not in self._ledger_ids:
            found = self._customer(number)
            if found is None or found.is_archived or found.is_active is False:
                return None
            self._ledger_ids[number] = found.subledger_account_id
        return self._ledger_ids[number]

    def value_id(self, unit: int, code: str) -> int | Problem:
        """Return the id of a value of a unit, or why it cannot be used."""
        key = (str(unit), code)
        if key not in self._ids:
            found = self._value(unit, code)
            facts = {"unit": str(unit), "value": code}
            if found is None:
                return Problem("org_unit_unknown", "", facts)
            if found.is_active is False or getattr(found, "project_status", None) == "Archived":
                return Problem("org_unit_closed", "", facts)
            self._ids[key] = found.id
        return self._ids[key]

    def put_customer(self, customer: Customer) -> None:
        """Create or update the customer by its number. Raises `Refused` for a number that Go cannot have."""
        number, content = customer.number, customer_content(customer)
        about = About(f"customer {number}", {"customer": number})
        if content["Number"] is None:
            raise Refused([Problem("customer_number_invalid", about.subject, about.facts)])
        if is_invalid(customer.organisation_number, customer.country):
            facts = {**about.facts, "value": customer.organisation_number or ""}
            raise Refused([Problem("organisation_number_invalid", about.subject, facts)])
        known = self._customer(number)
        if known is None:
            try:
                created = self._client.create(go.CUSTOMERS, _without_nothing(content), CustomerWire, about)
                self._ledger_ids[number] = created.subledger_account_id
                return
            except Refused:
                known = self._customer(number)  # another worker was quicker
                if known is None:
                    raise
        if known.is_archived:  # first of all, because an archived customer may refuse other changes
            self._client.update(go.CUSTOMERS, known.id, [_replace("/IsArchived", False)], about)
        changes = _customer_changes(content, known)
        if changes:
            self._client.update(go.CUSTOMERS, known.id, changes, about)

    def put_project(self, project: Project, department: str | None) -> None:
        """Create or update the project by its code; `department` is the department's code, None to propose none."""
        content = project_content(project, department)
        about = About(f"project {project.number}", {"unit": str(PROJECT), "value": project.number})
        wanted: dict[str, Any] = {name: content[name] for name in ("Name", "IsActive", "ProjectStatus")}
        wanted["CustomerId"] = self._customer_id(project.customer)
        wanted["DepartmentId"] = self._department_id(department)
        self._put(go.PROJECTS, ProjectWire, (PROJECT, project.number), {"Code": content["Code"]}, wanted, about)

    def put_department(self, department: Department) -> None:
        """Create or update the department by its code."""
        content = department_content(department)
        about = About(f"department {department.number}", {"unit": str(DEPARTMENT), "value": department.number})
        wanted = {name: content[name] for name in ("Name", "IsActive")}
        place = DEPARTMENT, department.number
        self._put(go.DEPARTMENTS, DepartmentWire, place, {"Code": content["Code"]}, wanted, about)

    def put_plain_project(self, value: Department) -> None:
        """Create or update a project without customer, where the setup has departments in the unit of projects."""
        content = department_content(value)
        about = About(f"department {value.number}", {"unit": str(PROJECT), "value": value.number})
        wanted = {"Name": content["Name"], "IsActive": True, "ProjectStatus": "Active"}
        self._put(go.PROJECTS, ProjectWire, (PROJECT, value.number), {"Code": content["Code"]}, wanted, about)

    def put_dimension(self, unit: int, number: str, name: str, subject: str) -> None:
        """Create or update a value of one of the three dimensions, where the setup has projects or departments there."""
        about = About(subject, {"unit": str(unit), "value": number})
        wanted = {"Name": cut(one_line(name) or number, LIMITS.name), "IsActive": True}
        identity = {"Code": number, "Ordinal": unit - FIRST_DIMENSION + 1}
        self._put(go.DIMENSIONS, DimensionWire, (unit, number), identity, wanted, about)

    def _put(
        self,
        operation: go.Operation,
        kind: type[GoObject],
        place: tuple[int, str],
        identity: Mapping[str, Any],
        wanted: Mapping[str, Any],
        about: About,
    ) -> None:
        """Create it with its `identity`, or change the one at this unit and code; also if another worker was quicker."""
        known = self._value(*place)
        if known is None:
            try:
                self._client.create(operation, _without_nothing({**identity, **wanted}), kind, about)
                return
            except Refused:
                known = self._value(*place)
                if known is None:
                    raise
        self._update(operation, known, wanted, about)

    def _update(self, operation: go.Operation, known: Any, wanted: Mapping[str, Any], about: About) -> None:
        """Change what differs from what is wanted. What Moment does not tell is left as it is."""
        changes = [
            _replace(f"/{name}", value)
            for name, value in wanted.items()
            if value is not None and getattr(known, _attribute(name)) != value
        ]
        if changes:
            self._client.update(operation, known.id, changes, about)

    def _customer(self, number: str) -> CustomerWire | None:
        whole = whole_number(number)
        if whole is None:
            return None
        rows = self._client.rows(go.CUSTOMERS, CustomerWire, {"customerNos": str(whole)})
        return next((row for row in rows if row.number == whole), None)

    def _customer_id(self, number: str | None) -> int | None:
        """Return the id of a project's customer. Raises `Refused` if Go does not have it yet."""
        if number is None:
            return None
        found = self._customer(number)
        if found is None:
            raise Refused([Problem("customer_unknown", f"customer {number}", {"customer": number})])
        return found.id

    def _department_id(self, code: str | None) -> int | None:
        found = self._value(DEPARTMENT, code) if code is not None else None
        return found.id if found is not None else None

    def _value(self, unit: int, code: str) -> ProjectWire | DepartmentWire | DimensionWire | None:
        if unit == PROJECT:
            return self._by_code(go.PROJECTS, ProjectWire, "projectCodes", code)
        if unit == DEPARTMENT:
            return self._by_code(go.DEPARTMENTS, DepartmentWire, "codes", code)
        ordinal = unit - FIRST_DIMENSION + 1
        filters = {"ordinal": str(ordinal), **code_filter("codes", code)}
        rows = self._client.rows(go.DIMENSIONS, DimensionWire, filters)
        return _exactly((row for row in rows if row.ordinal == ordinal), code)

    def _by_code(self, operation: go.Operation, kind: type[Found], parameter: str, code: str) -> Found | None:
        return _exactly(self._client.rows(operation, kind, code_filter(parameter, code)), code)


def code_filter(parameter: str, code: str) -> dict[str, str]:
    """Return the filter that narrows a list to a code; none where the code would mean something else in a filter."""
    plain = code.strip() == code and code and "," not in code and code != NO_CODE
    return {parameter: code} if plain else {}


def whole_number(text: str) -> int | None:
    """Return the whole number that a text is; None if it is none, or is written in another way than Go writes it."""
    plain = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and str(int(text)) == text
    return int(text) if plain else None


def customer_content(customer: Customer) -> dict[str, Any]:
    """Build the body of a customer. Go wants city and postcode of every address: without them there is none."""
    country = (customer.country or "").strip().upper() or None
    given = one_line(customer.organisation_number)
    return {
        "Number": whole_number(customer.number),
        "Name": cut(one_line(customer.name) or customer.number, LIMITS.name),
        "OrganizationNumber": None if given is None else norwegian_number(given, country) or given,
        "EmailAddress": one_line(customer.email),
        "InvoiceEmailAddress": one_line(customer.invoice_email),
        "MailAddress": _address(customer, country),
    }


def _address(customer: Customer, country: str | None) -> dict[str, Any] | None:
    city, zip_code = one_line(customer.city), one_line(customer.postal_code)
    if city is None or zip_code is None:
        return None
    lines = [line for line in map(one_line, customer.address_lines) if line is not None]
    kept = [*lines[: ADDRESS_LINES - 1], ", ".join(lines[ADDRESS_LINES - 1 :]), "", ""][:ADDRESS_LINES]
    return {
        "AddressLine1": cut(kept[0], LIMITS.address_line) or None,
        "AddressLine2": cut(kept[1], LIMITS.address_line) or None,
        "City": cut(city, LIMITS.city),
        "ZipCode": cut(zip_code, 50),
        "CountryCode": country,
    }


def project_content(project: Project, department: str | None) -> dict[str, Any]:
    """Build the content of a project, by the numbers of its customer and department.

    Always active, because a late invoice must be postable (decisions.md).
    """
    return {
        "Code": project.number,
        "Name": cut(one_line(project.name) or project.number, LIMITS.name),
        "CustomerNo": project.customer,
        "DepartmentCode": department,
        "IsActive": True,
        "ProjectStatus": "Active",
    }


def department_content(department: Department) -> dict[str, Any]:
    """Build the body of a department."""
    name = cut(one_line(department.name) or department.number, LIMITS.name)
    return {"Code": department.number, "Name": name, "IsActive": True}


def _customer_changes(content: Mapping[str, Any], known: CustomerWire) -> list[dict[str, Any]]:
    """Return the changes that make a known customer what is wanted. What Moment lacks is cleared, except the address."""
    changes = [
        _replace(f"/{name}", content[name])
        for name in ("Name", "OrganizationNumber", "EmailAddress", "InvoiceEmailAddress")
        if (getattr(known, _attribute(name)) or None) != content[name]
    ]
    address = content["MailAddress"]
    if address is None:
        return changes
    if known.mail_address is None:
        return [*changes, {"op": "add", "path": "/MailAddress", "value": _without_nothing(address)}]
    changes += [
        _replace(f"/MailAddress/{name}", value)
        for name, value in address.items()
        if (getattr(known.mail_address, _attribute(name)) or None) != value
        and not (name == "CountryCode" and value is None)
    ]
    return changes


def _replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def _attribute(name: str) -> str:
    """Return the wire model's name of a field: MailAddress is mail_address."""
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


def _without_nothing(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nothing(value) if isinstance(value, Mapping) else value
        for name, value in content.items()
        if value is not None
    }


def _exactly(rows: Iterable[Found], code: str) -> Found | None:
    return next((row for row in rows if getattr(row, "code", None) == code), None)
