"""The hub's contract from memory: tokens, chart, master data, batches that are posted at once, and the journal."""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.servers.http import Reply, Request, encode, reply
from benchmarks.servers.sample import Company

PREFIX = "/v1/"
PARENT = "S2041"
PASSWORD = "example-password"
TOKEN_SECONDS = 1200
WINDOW_SECONDS = 60
NO_LIMIT = 100_000_000
VAT = {"3": ("25.00", "2700"), "33": ("12.00", "2703"), "5": ("0.00", None)}
ACCOUNTS = (
    ("1500", "Kundefordringer", False, []), ("2700", "Utgående mva høy", False, []),
    ("2703", "Utgående mva lav", False, []), ("3000", "Honorar", True, ["3", "33", "5"]),
    ("3010", "Serviceavtaler", True, ["3"]), ("3050", "Honorar lav sats", True, ["33"]),
    ("3100", "Salg avgiftsfritt", True, ["5"]), ("7740", "Øreavrunding", True, []),
)  # fmt: skip
UNITS = {1: "Avdeling", 2: "Prosjekt"}


@dataclass(slots=True)
class Books:
    """One client: what was put and posted. `vouchers` by number, each voucher encoded."""

    company: Company
    customers: set[str] = field(default_factory=set)
    values: set[tuple[str, str]] = field(default_factory=set)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, Any] = field(default_factory=dict)
    vouchers: dict[int, list[bytes]] = field(default_factory=dict)
    totals: dict[int, list[int]] = field(default_factory=dict)

    def know_master_data(self) -> None:
        """Take every customer, project and department as sent."""
        company = self.company
        self.customers |= {row["customerNumber"] for row in company.customers}
        self.values |= {("2", row["projectNumber"]) for row in company.projects}
        self.values |= {("1", row["department"]["externalDepartmentNumber"]) for row in company.projects}


@dataclass(slots=True)
class Window:
    """The minute of one account, for the rate limit."""

    began: float
    used: int = 0


class Hub:
    """All clients of the hub. `refused` counts its answers 429."""

    def __init__(self, companies: list[Company], requests_per_minute: int | None) -> None:
        self.books = {one.client: Books(one) for one in companies}
        self.limit = requests_per_minute or NO_LIMIT
        self.refused = 0
        self._users = {f"moment-{one.client}": one.client for one in companies}
        self._tokens: dict[str, str] = {}
        self._windows: dict[str, Window] = {}
        self._journal = 0

    def answer(self, request: Request) -> tuple[str, Reply]:
        """Answer a request below `PREFIX`; gives the operation's name too."""
        if request.path == "/v1/token":
            return "hub token", self._token(request.json())
        user = self._tokens.get(request.authorization.removeprefix("Bearer "))
        if user is None:
            return "hub refused token", _error(401, "token_invalid", "The access token is not known.")
        headers, seconds = self._count(user)
        if seconds:
            self.refused += 1
            return "hub 429", _error(429, "rate_limited", "Too many requests.", f"Retry-After: {seconds}\r\n{headers}")
        parts = request.path.split("/")  # "", v1, parents, S, clients, C, what, ...
        books = self.books.get(parts[5]) if len(parts) > 6 and parts[2] == "parents" and parts[3] == PARENT else None
        if books is None or self._users[user] != parts[5]:
            return "", _error(403, "client_forbidden", "No access to this client.")
        name, answer = self._operation(books, parts[6:], request)
        answer.headers += headers
        return name, answer

    def _token(self, body: dict[str, str]) -> Reply:
        user = body.get("username", "")
        if user not in self._users or body.get("password") != PASSWORD:
            return _error(401, "invalid_credentials", "The user name or the password is wrong.")
        token = f"token-{len(self._tokens) + 1}-{user}"
        self._tokens[token] = user
        return reply({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def _count(self, user: str) -> tuple[str, int]:
        """Count a request; gives the headers of the limit, and seconds to wait if it is used up, else 0."""
        now = time.monotonic()
        window = self._windows.get(user)
        if window is None or now - window.began >= WINDOW_SECONDS:
            window = self._windows[user] = Window(now)
        reset = max(1, int(window.began + WINDOW_SECONDS - now + 0.999))
        full = window.used >= self.limit
        window.used += not full
        return (
            f"X-RateLimit-Limit: {self.limit}\r\nX-RateLimit-Remaining: {self.limit - window.used}\r\n"
            f"X-RateLimit-Reset: {reset}\r\n",
            reset if full else 0,
        )

    def _operation(self, books: Books, rest: list[str], request: Request) -> tuple[str, Reply]:
        match request.method, rest:
            case "GET", ["vouchers"]:
                return "hub vouchers", _vouchers(books, request.query)
            case "POST", ["batches"]:
                return "hub post batch", self._post(books, request.json())
            case "GET", ["batches"]:
                found = books.batches.get(request.query.get("externalId", ""))
                return "hub batches", _items([found] if found else [])
            case "PUT", ["customers", number]:
                books.customers.add(number)
                return "hub put customer", reply({"customerNumber": number, "status": "active", **request.json()})
            case "PUT", ["organizational-units", unit, value]:
                books.values.add((unit, value))
                return "hub put unit", reply({"unit": int(unit), "value": value, **request.json()})
            case "GET", ["profile"]:
                return "hub profile", reply(self._profile(books.company))
            case "GET", ["accounts"]:
                return "hub chart", _items([_account(*row) for row in ACCOUNTS])
            case "GET", ["vat-codes"]:
                return "hub chart", _items([_vat_code(code, *rest) for code, rest in VAT.items()])
            case "GET", ["periods"]:
                return "hub chart", reply({"lockDate": None, "items": _periods()})
            case "GET", ["reports", _]:
                return "hub report", reply({"items": [], "hasMore": False, "last": None})
        return "", _error(404, "not_found", "There is nothing at this address.")

    def _post(self, books: Books, batch: dict[str, Any]) -> Reply:
        """Post a batch of one invoice, or refuse it for its external id or its master data."""
        external_id, [voucher] = batch["externalId"], batch["vouchers"]
        earlier = books.batches.get(external_id)
        if earlier is not None:
            same = books.contents[external_id] == batch["vouchers"]
            words = {"code": "duplicate_external_id", "message": f"A batch with externalId {external_id} exists."}
            return reply({**words, "details": [], "traceId": "0", "sameContent": same, "batch": earlier}, 409)
        faults = _faults(books, voucher)
        if faults:
            return reply({"code": "validation_failed", "message": "Refused.", "details": faults, "traceId": "0"}, 422)
        self._journal += 1
        number = voucher["voucherNumber"]
        posted, total = _posted(voucher, self._journal, 10_000 + self._journal, external_id)
        books.vouchers.setdefault(number, []).append(encode(posted))
        books.totals.setdefault(number, []).append(total)
        invoice = books.company.by_number.get(number)
        if invoice is not None and invoice.posted_at is None:
            invoice.posted_at = time.time()
        books.contents[external_id] = batch["vouchers"]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        stored = books.batches[external_id] = {
            "batchNumber": 10_000 + self._journal, "externalId": external_id, "status": "updated",
            "updateInProgress": False, "autoUpdate": True, "valueDate": batch["valueDate"],
            "description": batch["description"], "origin": "ExternalApplication", "voucherSeries": "MOM",
            "voucherJournalNumber": self._journal, "errorCode": None, "errorMessage": None,
            "vouchers": [{"voucherNumber": number, "type": voucher["type"], "relatedVoucherNumber": None,
                          "status": "updated", "errors": []}],
            "createdAt": now, "updatedAt": now,
        }  # fmt: skip
        return reply(stored, 201)

    def _profile(self, company: Company) -> dict[str, Any]:
        return {
            "parentClientId": PARENT,
            "sourceClientId": company.client,
            "accountingSystem": "VismaBusiness",
            "companyName": company.name,
            "organisationNumber": company.organisation_number,
            "baseCurrency": "NOK",
            "organizationalUnits": [
                {"unit": unit, "name": UNITS.get(unit, f"Ansvarsenhet {unit}"), "used": unit in UNITS,
                 "type": "integer" if unit <= 6 else "text", "maxLength": None if unit <= 6 else 10}
                for unit in range(1, 13)
            ],
            "roundingAccount": "7740",
            "numberRules": {
                "customerNumber": {"type": "integer", "min": 10000, "max": 99999, "maxLength": None},
                "voucherNumber": {"type": "integer", "min": 1, "max": 2147483647},
            },
            "paymentIdRule": {"method": "mod10", "minLength": 2, "maxLength": 25},
            "voucherSeries": [
                {"code": "MOM", "name": "Moment", "types": ["outgoingInvoice", "creditNote"]},
                {"code": "PER", "name": "Periodisering", "types": ["journal"]},
            ],
            "capabilities": {"attachments": False, "lineAccrual": False, "autoUpdate": True},
            "limits": {"maxVouchersPerBatch": 100, "maxLinesPerVoucher": 500, "maxDocumentBytes": 20971520,
                       "requestsPerMinute": self.limit},
        }  # fmt: skip


def _error(status: int, code: str, message: str, headers: str = "") -> Reply:
    return reply({"code": code, "message": message, "details": [], "traceId": "0"}, status, headers)


def _items(items: list[dict[str, Any]]) -> Reply:
    return reply({"items": items, "nextCursor": None})


def _vouchers(books: Books, query: dict[str, str]) -> Reply:
    if "voucherNumber" in query:
        found = books.vouchers.get(int(query["voucherNumber"]), [])
    else:
        found = [one for several in books.vouchers.values() for one in several]
    return Reply(b'{"items":[' + b",".join(found) + b'],"nextCursor":null}')


def _faults(books: Books, voucher: dict[str, Any]) -> list[dict[str, str]]:
    """The master data that the client does not have."""
    faults = []
    customer = voucher["customerNumber"]
    if customer not in books.customers:
        field_ = "vouchers[0].customerNumber"
        faults.append({"field": field_, "code": "customer_unknown", "message": f"Customer {customer} does not exist."})
    for place, line in enumerate(voucher["lines"]):
        for unit, value in line["orgUnits"].items():
            if (unit, value) not in books.values:
                field_ = f"vouchers[0].lines[{place}].orgUnits.{unit}"
                faults.append({"field": field_, "code": "org_unit_unknown", "message": f"{value} does not exist."})
    return faults


def _posted(voucher: dict[str, Any], journal: int, batch: int, external_id: str) -> tuple[dict[str, Any], int]:
    """The voucher as the journal shows it, and the amount on the customer in øre."""
    entries: list[dict[str, Any]] = []
    total = 0
    for line in voucher["lines"]:
        sign = -1 if line["side"] == "credit" else 1
        net, vat = sign * _ore(line["netAmount"]), sign * _ore(line["vatAmount"])
        total -= net + vat
        text = line["text"] if line["text"] is not None else voucher["text"]
        entries.append(_entry(line["accountNumber"], net, text, vatCode=line["vatCode"], orgUnits=line["orgUnits"]))
        account = VAT.get(line["vatCode"] or "", ("", None))[1]
        if vat and account is not None:
            entries.append(_entry(account, vat, text, vatCode=line["vatCode"]))
    customer = _entry(
        "1500", total, voucher["text"], customerNumber=voucher["customerNumber"], dueDate=voucher["dueDate"],
        paymentId=voucher["paymentId"],
    )  # fmt: skip
    day = voucher["voucherDate"]
    for number, entry in enumerate([customer, *entries], start=1):
        entry |= {"journalNumber": journal, "entryNumber": number, "currency": voucher["currency"]}
        entry |= {"voucherDate": day, "valueDate": day}
    signed = _ore(voucher["totalAmount"]) * (-1 if voucher["type"] == "creditNote" else 1)
    return {
        "journalNumber": journal, "voucherNumber": voucher["voucherNumber"], "type": voucher["type"],
        "relatedVoucherNumber": None, "batchNumber": batch, "externalId": external_id, "voucherDate": day,
        "valueDate": day, "dueDate": voucher["dueDate"], "paymentId": voucher["paymentId"],
        "customerNumber": voucher["customerNumber"], "yourReference": voucher["yourReference"],
        "creditedInvoiceNumber": voucher.get("creditedInvoiceNumber"), "text": voucher["text"],
        "currency": voucher["currency"], "exchangeRate": voucher["exchangeRate"], "totalAmount": _shown(signed),
        "entries": [customer, *entries],
    }, total  # fmt: skip


def _entry(account: str, amount: int, text: str | None, **more: Any) -> dict[str, Any]:
    shown = _shown(amount)
    return {
        "accountNumber": account, "customerNumber": None, "supplierNumber": None, "amount": shown,
        "currencyAmount": shown, "vatCode": None, "orgUnits": {}, "text": text, "dueDate": None, "paymentId": None,
        **more,
    }  # fmt: skip


def _ore(amount: str) -> int:
    return int(Decimal(amount) * 100)


def _shown(ore: int) -> str:
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"


def _account(number: str, name: str, postable: bool, codes: list[str]) -> dict[str, Any]:
    return {"number": number, "name": name, "type": "income", "active": True, "postable": postable,
            "defaultVatCode": codes[0] if codes else None, "vatCodesAllowed": codes}  # fmt: skip


def _vat_code(code: str, rate: str, account: str | None) -> dict[str, Any]:
    return {"code": code, "name": f"Utgående {rate} %", "standardTaxCode": code, "rate": rate, "direction": "output",
            "active": True, "vatAccountNumber": account}  # fmt: skip


def _periods() -> list[dict[str, Any]]:
    this_year = datetime.now(UTC).year
    items = []
    for year in (this_year - 1, this_year, this_year + 1):
        for month in range(1, 13):
            last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
            items.append({"year": year, "period": month, "from": str(last.replace(day=1)), "to": str(last),
                          "state": "open"})  # fmt: skip
    return items
