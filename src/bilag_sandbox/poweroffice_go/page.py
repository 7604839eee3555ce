"""The accountant's page of the sandbox: the latest vouchers, and a form for a supplier invoice. Plain HTML."""

from html import escape
from urllib.parse import parse_qs

from bilag_sandbox.hub.amounts import shown
from bilag_sandbox.poweroffice_go import persons
from bilag_sandbox.poweroffice_go.call import Answer, Call
from bilag_sandbox.poweroffice_go.defaults import CLIENT
from bilag_sandbox.poweroffice_go.refusals import Refusal

MOST = 50
STYLE = (
    ":root{color-scheme:light dark}*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "label{display:block;margin:.5rem 0}input,button{font:inherit}input{width:100%;max-width:24rem;display:block}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;white-space:nowrap;"
    "border-bottom:1px solid #8888}.sum{text-align:right;font-variant-numeric:tabular-nums}"
)
FIELDS = (
    ("supplierName", "Supplier", "Byggvare Øst AS"),
    ("project", "Project", ""),
    ("account", "Account", "4300"),
    ("net", "Net", "1000.00"),
    ("vatCode", "VAT code", "1"),
    ("text", "Text", "Modellmateriell"),
)


def page(call: Call) -> Answer:
    """Show the page; a POST posts a supplier invoice."""
    name = call.request.query_params.get("client", CLIENT)
    client = call.go.client(name)
    message, given = "", {field: value for field, _title, value in FIELDS}
    if call.request.method == "POST":
        form = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
        given |= {field: values[0] for field, values in form.items()}
        line = {field: given.get(field) or None for field in ("account", "net", "vatCode", "text", "project")}
        try:
            spec = {"supplierName": given.get("supplierName"), "text": given.get("text"), "lines": [line]}
            posted = persons.post_supplier_invoice(call.go, client, spec)
            message = f"Voucher {posted['number']} is posted."
        except Refusal as refusal:
            message = f"It was not posted: {refusal.detail}"
        except (TypeError, ValueError):
            message = "It was not posted: the account is a number."
    form_fields = "".join(
        f'<label>{title}<input name="{field}" value="{escape(given.get(field, ""))}"></label>'
        for field, title, _value in FIELDS
    )
    rows = call.go.store.rows(
        "select v.*, (select sum(max(amount, 0)) from entry e where e.client = v.client and e.voucher = v.id) as debit"
        " from voucher v where client = ? order by number desc limit ?",
        client.id, MOST,
    )  # fmt: skip
    listed = "".join(
        f"<tr><td>{row['number']}</td><td>{escape(row['type'])}</td><td>{escape(row['invoice_no'] or '')}</td>"
        f"<td>{escape(row['voucher_date'])}</td><td>{escape(row['description'] or '')}</td>"
        f'<td class="sum">{shown(row["debit"] or 0)}</td></tr>'
        for row in rows
    )
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(client.config['clientName'])}</title><style>{STYLE}</style>"
        f"<main><h1>{escape(client.config['clientName'])}</h1><p>The books behind the stand-in for PowerOffice Go.</p>"
        f'<h2>Post a supplier invoice</h2><p role="status">{escape(message)}</p>'
        f'<form method="post" action="?client={escape(client.id)}">{form_fields}<button>Post</button></form>'
        f'<h2>The last vouchers</h2><div class="wide" tabindex="0" role="region" aria-label="Vouchers"><table><tr>'
        f"<th>Voucher</th><th>Type</th><th>Invoice</th><th>Date</th><th>Text</th><th>Debit</th></tr>"
        f"{listed}</table></div></main></html>"
    )
    return Answer(content=html.encode(), media_type="text/html; charset=utf-8")
