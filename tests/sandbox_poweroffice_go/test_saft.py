"""A company's own books from a SAF-T Financial file."""

from pathlib import Path

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import running
from tests.support.hub.saft_examples import example
from tests.support.poweroffice_go.office import DAY, Office


def test_the_110_example_becomes_the_first_client() -> None:
    told: list[str] = []
    with running(go.app(saft=example("v1.10"), report=told.append, requests_per_second=1000)) as url:
        office = Office(url, go.CLIENT, go.CLIENT_KEY)
        assert office.get("/ClientIntegrationInformation").json()["ClientName"] == "Tøyen Lekefabrikk AS"
        customers = office.get("/Customers").json()
        assert [one["Number"] for one in customers] == [1000, 1001, 1002, 1003, 1004, 1005]
        assert (customers[0]["Name"], customers[0]["IsActive"]) == ("Leketøysbutikk Tøyen", True)
        assert 3910 not in office.accounts
        assert [(one["Code"], one["Rate"]) for one in office.get("/VatCodes").json()][1:3] == [
            ("1", 0.25),
            ("1R", 0.15),
        ]
        code = next(
            one for one in office.get("/VatCodes").json() if one["Name"].startswith("Utgående") and one["Rate"] == 0.25
        )
        body = office.journal(customers[0])
        body["VoucherLines"][1]["VatId"] = code["Id"]
        assert office.post("/Vouchers/ManualJournals", body).status_code == 201
        assert office.transactions(first=DAY, last=DAY)[1]["Amount"] == -1000.0
        office.close()
    assert told[0].startswith("Tøyen Lekefabrikk AS is client fjell: ")
    assert "6 customers, 6 suppliers" in told[0]


def test_what_go_cannot_hold_is_said() -> None:
    told: list[str] = []
    with running(go.app(saft=example("v1.30"), report=told.append, requests_per_second=1000)) as url:
        office = Office(url, go.CLIENT, go.CLIENT_KEY)
        assert office.get("/Customers").status_code == 204
        office.close()
    assert "customer a is left out: Go's numbers are digits" in told


def test_loading_again_changes_nothing_and_keeps_what_is_posted(tmp_path: Path) -> None:
    for expected in (0, 1):
        with running(go.app(data=tmp_path, saft=example("v1.10"), requests_per_second=1000)) as url:
            office = Office(url, go.CLIENT, go.CLIENT_KEY)
            customer = office.get("/Customers", customerNos="1000").json()[0]
            assert customer["Name"] == ("Leketøysbutikk Tøyen" if expected == 0 else "Navn fra Moment")
            assert len(office.person("GET", "/ledger")) == expected
            office.patch(f"/Customers/{customer['Id']}", {"op": "replace", "path": "/Name", "value": "Navn fra Moment"})
            zero = next(one["Id"] for one in office.get("/VatCodes").json() if one["Code"] == "0")
            lines = [
                {"AccountId": office.accounts[number], "VatId": zero, "PostingDate": DAY, "CurrencyAmount": amount}
                for number, amount in ((1920, 5.0), (1900, -5.0))
            ]
            posted = office.post("/Vouchers/ManualJournals", office.journal(customer, VoucherLines=lines))
            assert posted.status_code == 201, posted.text
            office.close()
