"""Projects, departments and values of the three dimensions: known by code to people, by id to vouchers."""

import json
from collections.abc import Mapping
from typing import Any

from bilag_sandbox.poweroffice_go.bodies import read_body
from bilag_sandbox.poweroffice_go.call import Answer, Call, listed
from bilag_sandbox.poweroffice_go.filters import code_filter, number_filter, passes
from bilag_sandbox.poweroffice_go.go import Client, Go, moment
from bilag_sandbox.poweroffice_go.patch import apply_patch
from bilag_sandbox.poweroffice_go.refusals import Faults, not_found
from bilag_sandbox.poweroffice_go.shapes import SHAPES

FOREIGN = (
    "BrandingThemeId", "BrandingThemeCode", "ContactPersonId", "DeliveryTermId", "InvoiceBrandingThemeId",
    "InvoiceBrandingThemeCode", "LocationId", "LocationCode", "ManagerEmployeeId", "ManagerEmployeeNo", "PaymentTermId",
    "ProductId", "ProjectManagerEmployeeId", "ProjectManagerEmployeeNo", "SalesPersonEmployeeId",
    "SalesPersonEmployeeNumber", "ContactGroupIds",
)  # fmt: skip
"""Fields that name kinds of objects that this sandbox does not have."""
LONGEST_CODE = 40


def refuse_foreign(record: Mapping[str, Any], faults: Faults) -> None:
    """Refuse references to objects that do not exist here."""
    for name in FOREIGN:
        if record.get(name):
            faults.missing(f"{name} = {str(record[name])[:60]} not found.")


def object_row(go: Go, client: Client, kind: str, number: Any) -> Any:
    """Return an object by its id, None if there is none."""
    return go.store.row("select * from object where client = ? and kind = ? and id = ?", client.id, kind, number)


def object_by_code(go: Go, client: Client, kind: str, code: str) -> Any:
    """Return an object by its code, None if there is none."""
    return go.store.row("select * from object where client = ? and kind = ? and code = ?", client.id, kind, code)


def resolve_department(go: Go, client: Client, record: dict[str, Any], faults: Faults) -> None:
    """Give a record both id and code of its department; the id takes precedence."""
    number, code = record.get("DepartmentId"), record.get("DepartmentCode")
    if number is not None:
        row = object_row(go, client, "department", number)
        if row is None:
            faults.missing(f"Department with id = {number} not found.")
    elif code:
        row = object_by_code(go, client, "department", code)
        if row is None:
            faults.missing(f"Department with code = '{code[:60]}' not found.")
    else:
        record.pop("DepartmentCode", None)
        return
    if row is not None:
        record |= {"DepartmentId": row["id"], "DepartmentCode": row["code"]}


def _shown(row: Any, shape: str) -> dict[str, Any]:
    fields = SHAPES[shape].fields
    record = {name: value for name, value in json.loads(row["record"]).items() if name in fields and value is not None}
    return {
        **SHAPES[shape].blank(),
        **record,
        "Id": row["id"],
        "Code": row["code"],
        "CreatedDateTimeOffset": moment(row["created_at"]),
        "LastChangedDateTimeOffset": moment(row["changed_at"]),
    }


def _rows(call: Call, kind: str) -> list[Any]:
    return call.go.store.rows(
        "select * from object where client = ? and kind like ? and created_at > ? and changed_at > ? order by kind, id",
        call.client.id, kind, call.query.get("createdDateTimeOffsetGreaterThan", 0.0),
        call.query.get("lastChangedDateTimeOffsetGreaterThan", 0.0),
    )  # fmt: skip


def _get(call: Call, kinds: tuple[str, ...], what: str) -> Any:
    for kind in kinds:
        row = object_row(call.go, call.client, kind, call.path_id())
        if row is not None:
            return row
    raise not_found(f"{what} with id = {call.path_id()} not found.")


# Projects


def list_projects(call: Call) -> Answer:
    """List projects."""
    codes = code_filter(call.query.get("projectCodes"))
    departments = code_filter(call.query.get("departmentCodes"))
    customers = number_filter(call.query.get("customerNos"), "customerNos")
    managers = number_filter(call.query.get("projectManagerEmployeeNos"), "projectManagerEmployeeNos")
    name, status = (call.query.get("name") or "").lower(), call.query.get("status")
    found = []
    for row in _rows(call, "project"):
        one = _shown(row, "ProjectDto")
        parent = row["code"].rpartition(".")[0]
        inherits = call.query.get("includeSubProjects") and parent and codes is not None and codes(parent)
        if (
            (passes(row["code"], codes) or inherits)
            and passes(one["DepartmentCode"], departments)
            and passes(one["CustomerNo"], customers)
            and passes(one["ProjectManagerEmployeeNo"], managers)
            and name in (one["Name"] or "").lower()
            and status in (None, one["ProjectStatus"])
            and not (call.query.get("excludeArchivedProject") and one["ProjectStatus"] == "Archived")
            and call.query.get("projectBillingMethod") in (None, one.get("ProjectBillingMethod"))
        ):
            found.append(one)
    return listed(call, found)


def get_project(call: Call) -> Answer:
    """Return one project."""
    return Answer(value=_shown(_get(call, ("project",), "Project"), "ProjectDto"))


def post_project(call: Call) -> Answer:
    """Create a project."""
    body = read_body(call.json(), "ProjectPostDto", "Project validation error(s)")
    with call.go.store.transaction():
        row = save_project(call.go, call.client, None, body)
    return Answer(201, _shown(row, "ProjectDto"))


def patch_project(call: Call) -> Answer:
    """Change a project; the published answer has no body."""
    with call.go.store.transaction():
        row = _get(call, ("project",), "Project")
        before = json.loads(row["record"]) | {"Code": row["code"]}
        body = apply_patch(before, call.patch(), SHAPES["ProjectPostDto"], "Project validation error(s)")
        save_project(call.go, call.client, row, body)
    return Answer(200)


def save_project(go: Go, client: Client, row: Any, body: Mapping[str, Any]) -> Any:
    """Create a project, or change the one of `row`; returns its row. Raises 400 and 404."""
    record: dict[str, Any] = {"ProjectStatus": "Active", "IsActive": True, "IsBillable": True, "IsInternal": False}
    record |= body
    faults = Faults("Project validation error(s)")
    code = _code(go, client, "project", record, row, faults)
    if not record.get("Name"):
        faults.add("Name is required.")
    parent = record.get("ParentProjectCode")
    own = row is not None and row["code"] == code
    if "." in code and not own:
        faults.add("'.' is reserved and cannot be used in project codes.")
    elif parent and not own:
        if object_by_code(go, client, "project", parent) is None:
            faults.missing(f"Project with code = '{parent[:60]}' not found.")
        code = f"{parent}.{code}"
    for first, last in (("StartDate", "EndDate"),):
        if record.get(first) and record.get(last) and record[last] < record[first]:
            faults.add(f"{last} is before {first}.")
    refuse_foreign(record, faults)
    resolve_department(go, client, record, faults)
    _resolve_customer(go, client, record, faults)
    faults.refuse()
    number = go.put_object(client.id, "project", None if row is None else row["id"], code, _plain(record))
    return object_row(go, client, "project", number)


def _resolve_customer(go: Go, client: Client, record: dict[str, Any], faults: Faults) -> None:
    for name, column in (("CustomerId", "id"), ("CustomerNo", "number")):
        value = record.get(name)
        if value is not None:
            row = go.store.row(
                f"select * from contact where client = ? and kind = 'Customer' and {column} = ?", client.id, value  # noqa: S608
            )  # fmt: skip
            if row is None:
                faults.missing(f"Customer with {'id' if column == 'id' else 'number'} = {value} not found.")
            else:
                record |= {"CustomerId": row["id"], "CustomerNo": row["number"]}
            return


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(record, default=float))
    return loaded


def _code(go: Go, client: Client, kind: str, record: dict[str, Any], row: Any, faults: Faults) -> str:
    code = str(record.pop("Code", None) or "").strip()
    if not code:
        if row is not None:
            return str(row["code"])
        while object_by_code(go, client, kind, code := str(go.next_number(client.id, f"code {kind}", 1))) is not None:
            continue
        return code
    if len(code) > LONGEST_CODE:
        faults.add(f"Code must be a string with a maximum length of {LONGEST_CODE}.")
    if "," in code:
        faults.add("',' cannot be used in codes.")
    taken = object_by_code(go, client, kind, code)
    if taken is not None and (row is None or taken["id"] != row["id"]):
        faults.add(f"Code is already in use. '{code[:60]}' is used on Id = {taken['id']}.")
    return code


# Departments


def list_departments(call: Call) -> Answer:
    """List departments."""
    codes, name = code_filter(call.query.get("codes")), (call.query.get("name") or "").lower()
    found = [_shown(row, "DepartmentDto") for row in _rows(call, "department")]
    return listed(
        call,
        [
            one
            for one in found
            if passes(one["Code"], codes)
            and name in (one["Name"] or "").lower()
            and one["IsActive"] is call.query.get("isActive", one["IsActive"])
            and call.query.get("managerEmployeeNo") is None
            and call.query.get("createdFromImportJournalId") is None
        ],
    )


def get_department(call: Call) -> Answer:
    """Return one department."""
    return Answer(value=_shown(_get(call, ("department",), "Department"), "DepartmentDto"))


def post_department(call: Call) -> Answer:
    """Create a department, which is inactive unless the body says otherwise."""
    body = read_body(call.json(), "DepartmentPostDto", "Department validation error(s)")
    with call.go.store.transaction():
        row = save_department(call.go, call.client, None, body)
    return Answer(201, _shown(row, "DepartmentDto"))


def patch_department(call: Call) -> Answer:
    """Change a department; the published answer has no body."""
    with call.go.store.transaction():
        row = _get(call, ("department",), "Department")
        before = json.loads(row["record"]) | {"Code": row["code"]}
        body = apply_patch(before, call.patch(), SHAPES["DepartmentPostDto"], "Department validation error(s)")
        save_department(call.go, call.client, row, body)
    return Answer(200)


def save_department(go: Go, client: Client, row: Any, body: Mapping[str, Any]) -> Any:
    """Create a department, or change the one of `row`; returns its row. Raises 400 and 404."""
    record = {"IsActive": False} | dict(body)
    faults = Faults("Department validation error(s)")
    code = _code(go, client, "department", record, row, faults)
    if not record.get("Name"):
        faults.add("Name is required.")
    refuse_foreign(record, faults)
    faults.refuse()
    number = go.put_object(client.id, "department", None if row is None else row["id"], code, _plain(record))
    return object_row(go, client, "department", number)


# Dimensions


def list_dimensions(call: Call) -> Answer:
    """List values of the three dimensions."""
    codes = code_filter(call.query.get("codes"))
    references = code_filter(call.query.get("externalImportReference"))
    ordinals = number_filter(call.query.get("ordinal"), "ordinal")
    found = [_shown(row, "CustomDimensionDto") for row in _rows(call, "dimension%")]
    return listed(
        call,
        [
            one
            for one in found
            if passes(one["Code"], codes)
            and passes(one["Ordinal"], ordinals)
            and passes(one["ExternalImportReference"], references)
        ],
    )


def dimension_kind(ordinal: int) -> str:
    """Return the kind of object of a dimension's values."""
    return f"dimension{ordinal}"


def get_dimension(call: Call) -> Answer:
    """Return one value of a dimension."""
    row = _get(call, tuple(dimension_kind(one) for one in (1, 2, 3)), "CustomDimension")
    return Answer(value=_shown(row, "CustomDimensionDto"))


def post_dimension(call: Call) -> Answer:
    """Create a value of a dimension."""
    body = read_body(call.json(), "CustomDimensionPostDto", "Custom Dimension validation error(s)")
    with call.go.store.transaction():
        row = save_dimension(call.go, call.client, None, body)
    return Answer(201, _shown(row, "CustomDimensionDto"))


def patch_dimension(call: Call) -> Answer:
    """Change a value of a dimension."""
    with call.go.store.transaction():
        row = _get(call, tuple(dimension_kind(one) for one in (1, 2, 3)), "CustomDimension")
        before = json.loads(row["record"]) | {"Code": row["code"]}
        body = apply_patch(
            before, call.patch(), SHAPES["CustomDimensionPostDto"], "Custom Dimension validation error(s)"
        )
        row = save_dimension(call.go, call.client, row, body)
    return Answer(value=_shown(row, "CustomDimensionDto"))


def save_dimension(go: Go, client: Client, row: Any, body: Mapping[str, Any]) -> Any:
    """Create a value of a dimension, or change the one of `row`; returns its row. Raises 400."""
    record = {"IsActive": True} | dict(body)
    faults = Faults("Custom Dimension validation error(s)")
    ordinal = record["Ordinal"] if row is None else int(row["kind"].removeprefix("dimension"))
    record["Ordinal"] = ordinal
    kind = dimension_kind(ordinal)
    if not client.config["dimensions"][ordinal - 1][1]:
        faults.add(f"Custom dimension {ordinal} is not active on the client.")
    code = _code(go, client, kind, record, row, faults)
    if not record.get("Name"):
        faults.add("Name is required.")
    reference = record.get("ExternalImportReference")
    if reference is not None:
        other = go.store.row(
            "select id from object where client = ? and kind = ? and id is not ?"
            " and json_extract(record, '$.ExternalImportReference') = ?",
            client.id, kind, None if row is None else row["id"], reference,
        )  # fmt: skip
        if other is not None:
            faults.add(f"ExternalImportReference is already in use. '{reference}' is used on Id = {other['id']}.")
    faults.refuse()
    number = go.put_object(client.id, kind, None if row is None else row["id"], code, _plain(record))
    return object_row(go, client, kind, number)
