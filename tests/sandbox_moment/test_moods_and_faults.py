"""Moment in a bad mood, as has been seen, and faults on demand."""

import httpx2
import pytest

from tests.support.moment.client import ROOT, Office


def test_rows_outside_the_range_come_and_none_inside_is_missing(office: Office) -> None:
    wanted = {row["id"] for row in office.rows("/invoices", createdDateFrom="2024-06-01", createdDateTo="2024-06-30")}
    office.do("PUT", "/settings", {"rowsOutsideDates": True})
    moody = {row["id"] for row in office.rows("/invoices", createdDateFrom="2024-06-01", createdDateTo="2024-06-30")}
    assert wanted < moody
    assert len(moody) < 300


def test_rows_move_between_pages(office: Office) -> None:
    office.do("PUT", "/settings", {"movingRows": True, "moodSeed": 3})
    seen: list[int] = []
    for page in range(1, 31):
        seen += [row["id"] for row in office.get("/invoices", page=str(page), size="10")["content"]]
    assert len(set(seen)) < 300
    assert len(seen) > len(set(seen))
    assert len({row["id"] for row in office.rows("/invoices")}) == 300


def test_faults_are_aimed_at_operations_in_moments_form(office: Office) -> None:
    office.do(
        "POST",
        "/faults",
        [{"kind": "internal_error", "operation": "getInvoice"}, {"kind": "bad_gateway", "operation": "listCustomers"}],
    )
    invoice = office.rows("/invoices", invoiceNumber="5001")[0]
    broken = office.http.get(f"{ROOT}/invoices/{invoice['id']}", auth=office.auth)
    assert (broken.status_code, set(broken.json())) == (500, {"status", "message", "errors"})
    page = office.http.get(f"{ROOT}/customers", auth=office.auth)
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (502, "text/html")
    assert office.get(f"/invoices/{invoice['id']}") == invoice


def test_a_lost_answer_has_done_its_work(office: Office) -> None:
    invoice = office.finalised()
    office.do("POST", "/faults", {"kind": "lost_answer", "operation": "patchInvoice"})
    with pytest.raises(httpx2.TransportError):
        office.ask("PATCH", f"/invoices/{invoice['id']}", json={"exportStatus": "transferred"})
    assert office.get(f"/invoices/{invoice['id']}")["exportStatus"] == "transferred"
