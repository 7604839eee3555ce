"""Customers, projects, departments, users and accounts, created and changed as by a user of the firm."""

from collections.abc import Mapping
from typing import Any

from bilag_sandbox.moment.company import CHANGED, CREATED, KIND_OF, Company
from bilag_sandbox.moment.entities import CUSTOMER_REF, DEPARTMENT, ENTITIES, PROJECT_REF, Entity
from bilag_sandbox.moment.records import Record
from bilag_sandbox.moment.refusals import conflict, invalid, wrong
from bilag_sandbox.sample import norwegian

MASTERS = ("customers", "projects", "departments", "userAccounts", "financialAccounts", "projectExtensions")
FIXED = ("id", "version", "createdDate", "lastModifiedDate")
FIRST_NUMBERS = {"customers": 10001, "projects": 1201}
REFERENCES = {
    "customer": ("customers", CUSTOMER_REF, "customerNumber"),
    "project": ("projects", PROJECT_REF, "projectNumber"),
    "department": ("departments", DEPARTMENT, "externalDepartmentNumber"),
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "customers": {"name": "Ny kunde", "customerState": "active", "countryCode": "NO"},
    "projects": {"name": "Nytt prosjekt", "projectState": "inProgress"},
    "departments": {"name": "Ny avdeling", "externalDepartmentNumber": None},
    "userAccounts": {"name": "Ny bruker", "email": None, "active": True},
    "financialAccounts": {
        "name": "", "comment": None, "financialAccountCategory": "sales", "externalTaxCode": None,
        "externalRevenueClass": None, "currentVatPercentage": 0, "vatCategoryCode": "Z", "links": [],
    },
    "projectExtensions": {"name": "Aktivitet", "projectExtensionState": "inProgress", "priceModelId": None},
}  # fmt: skip


def find_reference(company: Company, field: str, given: Any) -> dict[str, Any] | None:
    """Resolve a customer, project or department, given by id, number or an object with either, to a reference.

    None if it does not exist.
    """
    entity, names, number_field = REFERENCES[field]
    if isinstance(given, Mapping):
        given = given.get("id") if given.get("id") is not None else given.get(number_field)
    record = None
    if type(given) is int:
        record = company.records.find(entity, given)
    elif isinstance(given, str) and entity == "departments":
        for row in company.store.rows("select * from object where entity = 'departments' order by id"):
            if given in (Record.of(row).body["name"], Record.of(row).body.get(number_field)):
                record = Record.of(row)
                break
    elif isinstance(given, str):
        record = company.records.by_number(entity, given)
    return None if record is None else {name: record.body.get(name) for name in names}


def reference(company: Company, field: str, given: Any) -> dict[str, Any] | None:
    """Like `find_reference`, but raises 422 if it does not exist; None stays None."""
    if given is None:
        return None
    found = find_reference(company, field, given)
    if found is None:
        raise invalid(field, f"Unknown {field}")
    return found


def create_master(company: Company, name: str, given: Mapping[str, Any]) -> Record:
    """Create an object and send its webhook. Moment assigns the number unless one is given."""
    entity = ENTITIES[name]
    _check_names(entity, given)
    with company.store.transaction():
        body = dict.fromkeys(field for field in entity.fields if field not in FIXED) | DEFAULTS[name] | dict(given)
        if name == "projects":
            body["priceModels"] = given.get("priceModels") or _price_model(company)
        if name == "financialAccounts":
            body |= {"companyId": int(company.settings["companyId"]), "version": 1}
        if name in FIRST_NUMBERS:
            body[str(entity.number)] = _number(company, entity, given)
        for field_name in entity.inner or ():
            body[field_name] = reference(company, field_name, given.get(field_name))
        if name == "projects" and body["customer"] is None:
            raise invalid("customer", "Required")
        record = company.records.add(name, body)
    if name in KIND_OF:
        company.notify(record, CREATED)
    return record


def _price_model(company: Company) -> list[dict[str, Any]]:
    return [{"id": company.records.next_of("priceModel", 1), "name": "Timepris", "expensesBillable": None}]


def _number(company: Company, entity: Entity, given: Mapping[str, Any]) -> str:
    if given.get(str(entity.number)) is not None:
        number = str(given[str(entity.number)])
        if company.records.by_number(entity.name, number) is not None:
            raise conflict(f"Number {number} is taken")
        return number
    while True:
        number = str(company.records.next_of(f"{entity.name} number", FIRST_NUMBERS[entity.name]))
        if company.records.by_number(entity.name, number) is None:
            return number


def change_master(company: Company, record: Record, given: Mapping[str, Any]) -> Record:
    """Change an object and send its webhook; references to it show the new name and number."""
    entity = record.entity
    _check_names(entity, given)
    changes = dict(given)
    with company.store.transaction():
        for name in entity.inner or ():
            if name in changes:
                changes[name] = reference(company, name, changes[name])
        changed = company.records.change(record, changes)
        _update_references(company, changed)
    if entity.name in KIND_OF:
        company.notify(changed, CHANGED)
    return changed


def _check_names(entity: Entity, given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in entity.fields or name in FIXED:
            raise wrong(name[:60], f"unknown; there are {', '.join(entity.fields)}")


def _update_references(company: Company, changed: Record) -> None:
    """Update name and number in every reference to the object, without touching the referring objects' versions."""
    for field, (entity, names, _) in REFERENCES.items():
        if entity != changed.entity.name:
            continue
        now = {name: changed.body.get(name) for name in names}
        for row in company.store.rows("select * from object where entity in ('invoices', 'projects')"):
            record = Record.of(row)
            places = [record.body, *(record.body.get("lines") or ())]
            stale = [
                place for place in places if isinstance(place.get(field), dict) and place[field].get("id") == changed.id
            ]
            for place in stale:
                place[field] = now
            if stale:
                company.records.change(record, {}, touch=False)


def today(company: Company) -> str:
    """Return today's date in Norway by the sandbox's clock."""
    return norwegian(company.records.now()).date().isoformat()
