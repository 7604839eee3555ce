"""The accountant's page of the sandbox (`bilag_sandbox.common.page`)."""

from bilag_sandbox.common.page import MOST, entered, line_of, render
from bilag_sandbox.hub import batches, purchases
from bilag_sandbox.hub.books import load_client
from bilag_sandbox.hub.call import Answer, Call
from bilag_sandbox.hub.defaults import VISMA_CLIENT
from bilag_sandbox.hub.ledger import read_vouchers
from bilag_sandbox.hub.refusals import Refusal, not_found

TITLES = ("Journal", "Voucher", "Type", "Date", "Text", "Total")


def page(call: Call) -> Answer:
    """Show the page; a POST posts a supplier invoice."""
    number = call.request.query_params.get("client", VISMA_CLIENT)
    client = load_client(call.hub.store, number)
    if client is None:
        raise not_found("client_unknown", f"Client {number[:20]} does not exist.")
    books = call.hub.books(client)
    batches.settle(books)
    message, given = "", entered(call.body)
    if call.request.method == "POST":
        named = {name: given.get(name) for name in ("supplierName", "invoiceNumber")}
        try:
            posted = purchases.post_supplier_invoice(books, {**named, "lines": [line_of(given)]})
            message = f"Voucher {posted['voucherNumber']} is posted in journal {posted['journalNumber']}."
        except Refusal as refusal:
            message = f"It was not posted: {refusal.message}"
    found = read_vouchers(call.hub.store, client.id, "1", (), "journal_number desc, position", MOST)
    rows = [
        (str(one["journalNumber"]), str(one["voucherNumber"]), one["type"], str(one["voucherDate"]), one["text"] or "",
         one.get("totalAmount") or "")
        for one in found
    ]  # fmt: skip
    html = render(str(client.config["companyName"]), "the Azets hub", number, given, message, TITLES, rows)
    return Answer(content=html, media_type="text/html; charset=utf-8")
