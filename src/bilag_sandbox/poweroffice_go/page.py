"""The accountant's page of the sandbox (`bilag_sandbox.common.page`)."""

from bilag_sandbox.common.page import MOST, entered, line_of, render
from bilag_sandbox.hub.amounts import shown
from bilag_sandbox.poweroffice_go import persons
from bilag_sandbox.poweroffice_go.call import Answer, Call
from bilag_sandbox.poweroffice_go.defaults import CLIENT
from bilag_sandbox.poweroffice_go.refusals import Refusal

TITLES = ("Voucher", "Type", "Invoice", "Date", "Text", "Debit")


def page(call: Call) -> Answer:
    """Show the page; a POST posts a supplier invoice."""
    client = call.go.client(call.request.query_params.get("client", CLIENT))
    message, given = "", entered(call.body)
    if call.request.method == "POST":
        try:
            spec = {"supplierName": given.get("supplierName"), "text": given.get("text"), "lines": [line_of(given)]}
            posted = persons.post_supplier_invoice(call.go, client, spec)
            message = f"Voucher {posted['number']} is posted."
        except Refusal as refusal:
            message = f"It was not posted: {refusal.detail}"
        except (TypeError, ValueError):
            message = "It was not posted: the account is a number."
    found = call.go.store.rows(
        "select v.*, (select sum(max(amount, 0)) from entry e where e.client = v.client and e.voucher = v.id) as debit"
        " from voucher v where client = ? order by number desc limit ?",
        client.id, MOST,
    )  # fmt: skip
    rows = [
        (str(row["number"]), row["type"], row["invoice_no"] or "", row["voucher_date"], row["description"] or "",
         shown(row["debit"] or 0))
        for row in found
    ]  # fmt: skip
    # Go does not store the number of a supplier's invoice.
    name = client.config["clientName"]
    html = render(name, "PowerOffice Go", client.id, given, message, TITLES, rows, without=["invoiceNumber"])
    return Answer(content=html, media_type="text/html; charset=utf-8")
