"""The accountant's page of the sandbox: the latest vouchers, and a form for a supplier invoice. Plain HTML."""

from html import escape
from urllib.parse import parse_qs

from bilag_sandbox.hub import batches, purchases
from bilag_sandbox.hub.books import load_client
from bilag_sandbox.hub.call import Answer, Call
from bilag_sandbox.hub.defaults import VISMA_CLIENT
from bilag_sandbox.hub.ledger import read_vouchers
from bilag_sandbox.hub.refusals import Refusal, not_found

MOST = 50
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "label{display:block;margin:.5rem 0}input{font:inherit;width:100%;max-width:24rem;display:block}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}"
)
FIELDS = (
    ("supplierName", "Supplier", "Byggvare Øst AS"),
    ("invoiceNumber", "Invoice number", ""),
    ("project", "Project", ""),
    ("account", "Account", "4300"),
    ("net", "Net", "1000.00"),
    ("vatCode", "VAT code", "1"),
    ("text", "Text", "Modellmateriell"),
)


def page(call: Call) -> Answer:
    """Show the page; a POST posts a supplier invoice."""
    number = call.request.query_params.get("client", VISMA_CLIENT)
    client = load_client(call.hub.store, number)
    if client is None:
        raise not_found("client_unknown", f"Client {number[:20]} does not exist.")
    books = call.hub.books(client)
    batches.settle(books)
    message, given = "", {name: value for name, _title, value in FIELDS}
    if call.request.method == "POST":
        given = {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
        line = {name: given.get(name) or None for name in ("account", "net", "vatCode", "text", "project")}
        spec = {"supplierName": given.get("supplierName"), "invoiceNumber": given.get("invoiceNumber"), "lines": [line]}
        try:
            posted = purchases.post_supplier_invoice(books, spec)
            message = f"Voucher {posted['voucherNumber']} is posted in journal {posted['journalNumber']}."
        except Refusal as refusal:
            message = f"It was not posted: {refusal.message}"
    form = "".join(
        f'<label>{title}<input name="{name}" value="{escape(given.get(name, ""))}"></label>'
        for name, title, _value in FIELDS
    )
    found = read_vouchers(call.hub.store, client.id, "1", (), "journal_number desc, position", MOST)
    rows = "".join(
        f"<tr><td>{one['journalNumber']}</td><td>{one['voucherNumber']}</td><td>{escape(one['type'])}</td>"
        f"<td>{escape(str(one['voucherDate']))}</td><td>{escape(one['text'] or '')}</td></tr>"
        for one in found
    )
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Accounting of client {escape(number)}</title><style>{STYLE}</style>"
        f"<h1>{escape(str(client.config['companyName']))}</h1><p>The books behind the stand-in for the Azets hub.</p>"
        f'<h2>Post a supplier invoice</h2><p role="status">{escape(message)}</p>'
        f'<form method="post" action="?client={escape(number)}">{form}<button>Post</button></form>'
        f"<h2>The last vouchers</h2><table><tr><th>Journal</th><th>Voucher</th><th>Type</th><th>Date</th><th>Text</th></tr>"
        f"{rows}</table></html>"
    )
    return Answer(content=html.encode(), media_type="text/html; charset=utf-8")
