"""An invoice as it comes over Moment's wire."""

from typing import Any

KEY = "m-key-that-nobody-may-see"


def wire_invoice(**changes: Any) -> dict[str, Any]:
    """A finalised invoice of 12 500.00."""
    line = {
        "id": 1,
        "text": "Honorar",
        "accountNumber": "3000",
        "vatCode": "3",
        "vatRate": 25,
        "netAmount": 10000,
        "vatAmount": 2500,
        "project": None,
        "department": None,
        "accrualFrom": None,
        "accrualTo": None,
    }
    lines = [{**line, **one} for one in changes.pop("lines", [{}])]
    return {
        "id": 66120,
        "version": 3,
        "invoiceNumber": 10042,
        "invoiceState": "finalized",
        "invoiceType": "invoice",
        "exportStatus": "toTransfer",
        "issueDate": "2026-11-20",
        "dueDate": "2026-12-04",
        "finalizedDate": "2026-11-20T10:14:03+01:00",
        "customer": {"id": 7710, "customerNumber": "10042", "name": "Nordlys Arkitekter AS"},
        "project": {"id": 8807, "projectNumber": "1207", "name": "Nytt hovedkontor"},
        "department": {"id": 31, "name": "Plan", "externalDepartmentNumber": "10"},
        "currency": "NOK",
        "lines": lines,
        "netAmount": 10000,
        "vatAmount": 2500,
        "totalAmount": 12500,
        "lastModifiedDate": "2026-11-20T10:14:03+01:00",
        **changes,
    }
