"""`bilag accruals`: a file with the amounts of a month is posted, given again, and refused whole with a bad line."""

import json
from typing import Any

import pytest

from tests.support.commands import Bilag
from tests.support.world import invoice_body

pytestmark = pytest.mark.service
SWITCHED_ON = '[accrued_income]\nenabled = true\ndebit_account = "1530"\ncredit_account = "3090"\n'


def test_amounts_of_a_month_are_posted_from_a_file(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    assert number
    file = bilag.folder / "october.csv"
    file.write_text("project;amount\n1201;1000.00\n1202;-50,5\n")
    post = ("accruals", "post", "fjell", str(file), "--month", "2026-10")
    company = bilag.company_file("fjell")
    bilag.typed("company", "apply", str(company))
    off = bilag.typed(*post)
    assert off.returncode == 1
    assert "Nothing was posted: Accrued income is switched off in the setup. Switch it on" in off.stderr
    company.write_text(company.read_text() + SWITCHED_ON)
    assert bilag.typed("company", "apply", str(company)).returncode == 0
    preview = bilag.typed(*post, "--dry-run", "--json")
    assert preview.returncode == 0, preview.stderr
    assert [one["difference"] for one in json.loads(preview.stdout)] == ["1000.00", "-50.50"]
    assert json.loads(bilag.typed("accruals", "list", "fjell", "--json").stdout) == []
    done = bilag.typed(*post, "--wait", "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    rows = json.loads(done.stdout)
    assert [(one["project"], one["posted"], one["state"]) for one in rows] == [
        ("1201", "1000.00", "done"),
        ("1202", "-50.50", "done"),
    ]
    file.write_text("project;amount\n1201;oops\n1202;1\n")
    bad = bilag.typed(*post)
    assert bad.returncode == 2
    assert "Nothing was posted:\nline 2, column amount: 'oops' is not an amount." in bad.stderr
    assert len(json.loads(bilag.typed("accruals", "list", "fjell", "--json").stdout)) == 2
    table = bilag.typed("accruals", "list", "fjell", "--month", "2026-10").stdout
    assert "2026-10:1202:1" in table
    assert "done" in bilag.typed("show", "fjell", "accrued", "2026-10:1202:1").stdout
    assert bilag.typed("accruals", "list", "fjell", "--month", "2026-1").returncode == 2
    missing = bilag.typed("accruals", "post", "fjell", str(bilag.folder / "no.csv"), "--month", "2026-10")
    assert (missing.returncode, "cannot read" in missing.stderr) == (2, True)


def an_accrued_invoice(bilag: Bilag) -> str:
    (finalised,) = bilag.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"]
    refs: dict[str, Any] = {name: finalised[name] for name in ("customer", "project")}
    body = invoice_body(**refs, line={"accrualFrom": "2026-11-01", "accrualTo": "2027-01-31"}, issueDate="2026-11-20")
    return str(bilag.ask("moment", "POST", "/admin/invoices/insert?webhook=false", body)["invoiceNumber"])


def test_a_preview_shows_the_schedule_of_an_accrued_invoice_by_month(bilag: Bilag) -> None:
    company = bilag.company_file("fjell")
    accrual = '[accrual]\nenabled = true\ndebit_account = "3910"\ncredit_account = "2965"\n'
    company.write_text(company.read_text() + accrual)
    assert bilag.typed("company", "apply", str(company)).returncode == 0
    number = an_accrued_invoice(bilag)
    table, document = bilag.all_typed([("preview", "fjell", number), ("preview", "fjell", number, "--json")])
    assert (table.returncode, document.returncode) == (0, 0), table.stdout + table.stderr
    assert "Accrual by 3 vouchers in the same batch" in table.stdout
    assert "is accrued on accounts 3910 and 2965." in table.stderr
    (shown,) = json.loads(document.stdout)
    assert shown["accrual"]["native"] is False
    assert [(row["month"], row["amount"], row["left"]) for row in shown["accrual"]["schedule"]] == [
        ("2026-11", "6666.67", "6666.67"),
        ("2026-12", "3333.34", "3333.33"),
        ("2027-01", "3333.33", "0.00"),
    ]
    assert [voucher["voucherNumber"] for voucher in shown["vouchers"]] == [int(number), None, None, None]
