"""An example of each operation, for the OpenAPI document."""

from typing import Any

PROBLEM = {
    "code": "vat_code_unknown",
    "subject": "line 2",
    "message": "VAT code 33 on account 3000 is not in accounting.",
    "remedy": "Correct the VAT code on the account in Moment, or make it in accounting.",
    "who": "moment",
}
DONE: dict[str, Any] = {
    "kind": "invoice",
    "number": "10042",
    "state": "done",
    "reason": None,
    "problems": [],
    "attempts": 1,
    "voucherNumber": 10042,
    "journalNumber": 731,
    "doneAt": "2026-11-20T09:14:03Z",
    "nextAt": None,
    "total": "12500.00",
    "currency": "NOK",
    "customerNumber": "10007",
    "name": "Fjordbygg AS",
}
QUEUED = {
    **DONE,
    "state": "queued",
    "attempts": 0,
    "voucherNumber": None,
    "journalNumber": None,
    "doneAt": None,
}
SETUP = {
    "company": {"name": "Fjell Arkitekter AS", "organisation_number": None, "language": "nb"},
    "moment": {"base_url": "https://app.moment.team", "company_id": "4021", "api_key": "(secret)"},
    "platform": {
        "kind": "azets",
        "azets": {
            "base_url": "https://hub.example/v1",
            "username": "bilag",
            "password": "(secret)",
            "source_client_id": "123",
            "parent_client_id": "S100",
        },
    },
    "export": {"invoices_from": "2026-11-01", "customer_states": []},
    "dimensions": {"project": 2, "department": 1},
    "notify": {"emails": ["regnskap@byra.example"]},
}
COMPANY = {
    "slug": "fjell",
    "name": "Fjell Arkitekter AS",
    "webhookUrl": "https://bilag.example/hooks/moment/…",
    "version": 7,
    "live": True,
    "paused": None,
    "setup": SETUP,
}
PARTY = {"name": "Fjell Arkitekter AS", "organisationNumber": "999999999"}
CHECK: dict[str, Any] = {
    "ok": True,
    "parties": {
        "moment": {"name": None, "organisationNumber": None},
        "company": PARTY,
        "client": PARTY,
        "source": "app.moment.team/4021",
        "ledger": "azets:S100:123",
        "standing": "agree",
        "confirmedBy": None,
        "digest": "9f86d081884c7d65",
    },
    "steps": [{"name": "moment", "standing": "ok", "detail": "Moment answers and takes the key", "problems": []}],
}
ATTEMPT = {
    "beganAt": "2026-11-20T09:14:02.120000+00:00",
    "endedAt": "2026-11-20T09:14:03.410000+00:00",
    "verdict": "done",
    "setupVersion": 7,
    "sourceHash": "5f3c…",
    "problems": [],
    "exchanges": [{"system": "azets", "method": "POST", "path": "/v1/clients/123/vouchers", "status": 201}],
}
VOUCHER = {
    "voucherNumber": 10042,
    "type": "invoice",
    "voucherDate": "2026-11-20",
    "totalAmount": "12500.00",
    "entries": [
        {"accountNumber": "3000", "side": "credit", "vatCode": "3", "netAmount": "10000.00", "vatAmount": "2500.00"}
    ],
}
EVENT = {
    "id": 912,
    "at": "2026-11-20T09:10:00.120000+00:00",
    "name": "setup_saved",
    "title": "Setup saved",
    "good": True,
    "origin": "API token accounting",
    "facts": {"version": "7", "count": "1"},
    "problem": None,
}
CHANGE = {
    "at": "2026-11-20T09:10:00+00:00",
    "origin": "API token accounting",
    "version": 7,
    "field": "dimensions.department",
    "old": None,
    "new": 1,
}
NEXT = "WzQyXQ"

LINE = {
    "id": 77,
    "journalNumber": 8741,
    "entryNumber": 1,
    "state": "done",
    "reason": None,
    "reasonText": None,
    "problems": [],
    "voucherDate": "2026-11-11",
    "voucherNumber": 80012,
    "account": "4300",
    "net": "1000.00",
    "supplier": "Byggvare Øst AS",
    "text": "Modellmateriell",
    "project": "1207",
    "momentId": 70331,
    "externalKey": "azets:S100:123:8741:1",
    "documents": 1,
    "documentsWaiting": False,
    "reverses": None,
    "doneAt": "2026-11-12T06:31:00Z",
}
IMPORT = {
    "id": 31,
    "beganAt": "2026-11-12T06:30:58Z",
    "endedAt": "2026-11-12T06:31:02Z",
    "origin": None,
    "report": None,
    "readAgainFrom": "2026-10-13",
    "read": 40,
    "imported": 4,
    "importedBefore": 30,
    "documents": 4,
    "waiting": 0,
    "needsAttention": 0,
    "ignored": {"account_not_above": 5, "project_unknown": 1},
    "problem": None,
}
ACCRUED = {
    "month": "2026-05",
    "project": "1207",
    "sequence": 1,
    "amount": "12000.00",
    "posted": "12000.00",
    "state": "done",
    "reason": None,
    "journalNumber": 8812,
    "number": "2026-05:1207:1",
    "givenAt": "2026-06-02T08:00:00Z",
    "origin": "API token accounting",
}
ACCRUED_AMOUNTS = {"month": "2026-05", "amounts": [{"project": "1207", "amount": "12000.00"}]}
ANSWERS: dict[str, Any] = {
    "listExpenses": {"expenses": [LINE], "next": NEXT},
    "getExpense": LINE,
    "decideOnExpense": {**LINE, "state": "waiting", "momentId": None, "externalKey": None, "doneAt": None},
    "listExpenseImports": {"imports": [IMPORT], "next": NEXT},
    "importExpenses": {"accepted": True},
    "getCompany": COMPANY,
    "putSetup": {
        **{name: value for name, value in COMPANY.items() if name != "webhookUrl"},
        "changed": ["dimensions.department"],
        "remarks": [],
    },
    "listSetupChanges": {"changes": [CHANGE], "next": None},
    "checkSetup": CHECK,
    "setLive": {"live": True, "paused": None, "check": CHECK},
    "confirmParties": {
        **CHECK,
        "parties": {**CHECK["parties"], "standing": "confirmed", "confirmedBy": "api token regnskap"},
    },
    "listTransfers": {"transfers": [DONE], "next": NEXT},
    "getTransfer": {**DONE, "history": [ATTEMPT]},
    "transferByHand": {"accepted": 1, "transfers": [QUEUED]},
    "retryTransfer": QUEUED,
    "confirmExchangeRate": QUEUED,
    "closePair": {
        "transfers": [
            {**QUEUED, "number": "10043", "state": "skipped", "reason": "cancelled_before_posting"},
            {**QUEUED, "state": "skipped", "reason": "cancelled_before_posting"},
        ],
        "notSetInMoment": [],
    },
    "retryTransfers": {"accepted": 1, "transfers": [QUEUED]},
    "getStatus": {
        "company": "fjell",
        "live": True,
        "paused": None,
        "transfers": {"invoice": {"done": 12, "needs_attention": 1}},
        "expenses": {"imported": 4, "ignored": {"project_unknown": 2}, "waiting": 0, "needsAttention": 0},
        "ledgerAhead": None,
        "workerAlive": True,
    },
    "pollMoment": {"seen": {"customer": 2, "project": 0, "invoice": 1}, "accepted": 1, "transfers": [QUEUED]},
    "previewInvoice": {
        "number": 10042,
        "problems": [],
        "notes": [],
        "nothingToPost": False,
        "vouchers": [VOUCHER],
        "accrual": None,
    },
    "listAccruals": {"accruals": [ACCRUED], "next": NEXT},
    "postAccruals": {"accruals": [{**ACCRUED, "posted": None, "state": "queued", "journalNumber": None}]},
    "previewAccruals": {
        "previews": [
            {
                "month": "2026-05",
                "project": "1207",
                "amount": "12500.00",
                "posted": "12000.00",
                "difference": "500.00",
                "problems": [],
            }
        ]
    },
    "listEvents": {"events": [EVENT], "next": NEXT},
}
REQUESTS: dict[str, Any] = {
    "postAccruals": ACCRUED_AMOUNTS,
    "previewAccruals": ACCRUED_AMOUNTS,
    "importExpenses": {"daysBack": 30},
    "putSetup": SETUP,
    "setLive": {"live": True},
    "confirmParties": {"digest": "9f86d081884c7d65"},
    "transferByHand": {"kind": "invoice", "numbers": ["10042", "10043"]},
    "retryTransfers": {"problem": "vat_code_unknown"},
    "confirmExchangeRate": {"rate": "7.9815"},
    "closePair": {"inMoment": True},
}
