"""The client's configuration: accounts, VAT codes, lock date, number series, currencies, and the integration's privileges."""

import json
import uuid
from typing import Any

from bilag_sandbox.hub.codes import CURRENCIES
from bilag_sandbox.poweroffice_go.call import Answer, Call, listed
from bilag_sandbox.poweroffice_go.filters import number_filter, passes
from bilag_sandbox.poweroffice_go.go import Client, Go, moment
from bilag_sandbox.poweroffice_go.refusals import bad_request, not_found
from bilag_sandbox.poweroffice_go.shapes import ENUMS, SHAPES

NAMESPACE = uuid.UUID("3d1a5c0e-8f7b-4a6d-9c2e-1b0f4d5e6a7c")


def integration(call: Call) -> Answer:
    """Return the client and the integration's privileges there."""
    config = call.client.config
    return Answer(
        value={
            "ClientId": config["clientId"],
            "ClientName": config["clientName"],
            "ActiveClientSubscriptions": config["subscriptions"],
            "ValidPrivileges": config["privileges"],
            "InvalidPrivileges": config["invalidPrivileges"],
        }
    )


def account_json(go: Go, client: Client, row: Any, vat_ids: dict[str, int]) -> dict[str, Any]:
    """Return an account as the API shows it."""
    record = json.loads(row["record"])
    return {
        **SHAPES["GeneralLedgerAccountDto"].blank(),
        **record,
        "Id": row["id"],
        "AccountNo": row["number"],
        "VatCodeId": vat_ids.get(record["VatCode"]),
        "LastChangedDateTimeOffset": moment(row["changed_at"]),
    }


def vat_ids(go: Go, client: Client) -> dict[str, int]:
    """Return the id of each VAT code's latest row."""
    rows = go.store.rows("select id, code from vat_code where client = ? order by id", client.id)
    return {row["code"]: row["id"] for row in rows}


def accounts(call: Call) -> Answer:
    """List general ledger accounts."""
    wanted = number_filter(call.query.get("accountNos"), "accountNos")
    since = call.query.get("lastChangedDateTimeOffsetGreaterThan", 0.0)
    ids = vat_ids(call.go, call.client)
    rows = call.go.store.rows(
        "select * from account where client = ? and changed_at > ? order by number", call.client.id, since
    )
    if call.query.get("agricultureDepartments", "").strip():
        rows = []
    return listed(call, [account_json(call.go, call.client, row, ids) for row in rows if passes(row["number"], wanted)])


def account(call: Call) -> Answer:
    """Return one general ledger account."""
    row = call.go.store.row("select * from account where client = ? and id = ?", call.client.id, call.path_id())
    if row is None:
        raise not_found(f"GeneralLedgerAccount with id = {call.path_id()} not found.")
    return Answer(value=account_json(call.go, call.client, row, vat_ids(call.go, call.client)))


def vat_codes(call: Call) -> Answer:
    """List the rows of VAT codes; those that have ended only if asked for."""
    today = str(call.go.now().date())
    found = []
    for row in call.go.store.rows("select * from vat_code where client = ? order by id", call.client.id):
        record = json.loads(row["record"])
        ended = record["ValidTo"] is not None and record["ValidTo"] < today
        if (ended and not call.query.get("includeExpired")) or record["IsActive"] is not call.query.get(
            "isActive", record["IsActive"]
        ):
            continue
        found.append(
            {
                **SHAPES["VatCodeDto"].blank(),
                **record,
                "Rate": float(record["Rate"]),
                "Id": row["id"],
                "Code": row["code"],
                "IsCustom": row["code"].startswith("C"),
                "Description": record["Name"],
            }
        )
    return listed(call, found)


def lock_date(call: Call) -> Answer:
    """Return the last closed day; the member is left out if there is none."""
    day = call.client.config["lockDate"]
    return Answer(value={} if day is None else {"LockDate": day})


def financial_settings(call: Call) -> Answer:
    """Say when the client's books begin, and its accounts of currency differences."""
    numbers = {
        row["number"]: row["id"]
        for row in call.go.store.rows("select id, number from account where client = ?", call.client.id)
    }
    gains, loss = 8060, 8160
    return Answer(
        value={
            **SHAPES["FinancialSettingsDto"].blank(),
            "ConversionDate": call.client.config["conversionDate"],
            "CurrencyCode": "NOK",
            "CurrencyGainsAccountId": numbers.get(gains, 0),
            "CurrencyGainsAccountNo": gains,
            "CurrencyLossAccountId": numbers.get(loss, 0),
            "CurrencyLossAccountNo": loss,
            "FinancialYearEndMonth": "December",
            "LastChangedDateTimeOffset": moment(0),
            "UseTrustAccountManagement": False,
        }
    )


def series_of(go: Go, client: Client) -> list[dict[str, Any]]:
    """Return the client's number series."""
    numbers = {
        row["number"]: row["id"] for row in go.store.rows("select id, number from account where client = ?", client.id)
    }
    return [
        {
            "Id": str(uuid.uuid5(NAMESPACE, f"{client.id} {kind} {first}")),
            "Name": name,
            "SubLedgerNumberSeriesType": kind,
            "FromInclusive": first,
            "ToInclusive": last,
            "GeneralLedgerAccountId": numbers.get(account, 0),
            "GeneralLedgerAccountNo": account,
            "IsClientTrust": False,
            "IsDefault": default,
        }
        for kind, name, first, last, account, default in client.config["numberSeries"]
    ]


def number_series(call: Call) -> Answer:
    """List the number series of customers and suppliers."""
    wanted = number_filter(call.query.get("generalLedgerAccountNos"), "generalLedgerAccountNos")
    kind = call.query.get("subLedgerNumberSeriesType")
    if kind and kind not in ENUMS["SubLedgerNumberSeriesType"]:
        raise bad_request("Unable to cast object(s)", f"'{kind[:60]}' is no SubLedgerNumberSeriesType.")
    found = [
        one
        for one in series_of(call.go, call.client)
        if passes(one["GeneralLedgerAccountNo"], wanted)
        and one["IsDefault"] is call.query.get("isDefault", one["IsDefault"])
        and (not kind or one["SubLedgerNumberSeriesType"] == kind)
    ]
    return listed(call, found)


def one_series(call: Call) -> Answer:
    """Return one number series."""
    for one in series_of(call.go, call.client):
        if one["Id"] == call.path("id").lower():
            return Answer(value=one)
    raise not_found(f"SubLedgerNumberSeries with id = {call.path('id')[:60]} not found.")


def currencies(call: Call) -> Answer:
    """List the currencies."""
    code = (call.query.get("currencyCode") or "").strip().upper()
    found = [{"Code": one, "Notation": one, "IsActive": True} for one in CURRENCIES if code in ("", one)]
    return listed(call, [one for one in found if one["IsActive"] is call.query.get("isActive", True)])


def dimension_settings(call: Call) -> Answer:
    """Return the use of the client's three dimensions."""
    settings = enumerate(call.client.config["dimensions"], start=1)
    return Answer(value=[{"Ordinal": place, "Name": name, "IsActive": active} for place, (name, active) in settings])
