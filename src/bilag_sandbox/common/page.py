"""The accountant's page of a sandbox with a ledger: a form for a supplier invoice, and the latest vouchers. Plain HTML."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import parse_qs

MOST = 50
"""Vouchers on the page."""
STYLE = (
    ":root{color-scheme:light dark}*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "label{display:block;margin:.5rem 0}input,button{font:inherit}input{width:100%;max-width:24rem;display:block}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;white-space:nowrap;"
    "border-bottom:1px solid #8888}.sum{text-align:right;font-variant-numeric:tabular-nums}"
)
FIELDS = {
    "supplierName": ("Supplier", "Byggvare Øst AS"),
    "invoiceNumber": ("Invoice number", ""),
    "project": ("Project", ""),
    "account": ("Account", "4300"),
    "net": ("Net", "1000.00"),
    "vatCode": ("VAT code", "1"),
    "text": ("Text", "Modellmateriell"),
}
"""The fields of a supplier invoice: title and initial value, by name."""
OF_THE_LINE = ("account", "net", "vatCode", "text", "project")


def entered(body: bytes) -> dict[str, str]:
    """Return the form's values; for an empty body the initial ones."""
    first = {name: value for name, (_title, value) in FIELDS.items()}
    given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return first | {name: values[0] for name, values in given.items()}


def line_of(given: Mapping[str, str]) -> dict[str, str | None]:
    """Return the invoice line of the form; empty fields are None."""
    return {name: given.get(name) or None for name in OF_THE_LINE}


def render(
    name: str,
    stands_for: str,
    client: str,
    given: Mapping[str, str],
    message: str,
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    without: Sequence[str] = (),
) -> bytes:
    """Return the page of the books of `name`. The last column of `rows` is an amount; `without` names fields not in the form."""
    fields = "".join(
        f'<label>{title}<input name="{field}" value="{escape(given.get(field, ""))}"></label>'
        for field, (title, _value) in FIELDS.items()
        if field not in without
    )
    listed = (
        "".join(
            "<tr>"
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + f'<td class="sum">{escape(amount)}</td></tr>'
            for *cells, amount in rows
        )
        or f'<tr><td colspan="{len(titles)}">There are no vouchers yet.</td></tr>'
    )
    *words, amounts = titles
    heading = "".join(f"<th>{title}</th>" for title in words) + f'<th class="sum">{amounts}</th>'
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(name)}</title><link rel=icon href=data:,><style>{STYLE}</style>"
        f"<main><h1>{escape(name)}</h1><p>The books behind the stand-in for {escape(stands_for)}.</p>"
        f'<h2>Post a supplier invoice</h2><p role="status">{escape(message)}</p>'
        f'<form method="post" action="?client={escape(client)}">{fields}<button>Post</button></form>'
        f'<h2>The last vouchers</h2><div class="wide" tabindex="0" role="region" aria-label="Vouchers"><table><tr>'
        f"{heading}</tr>{listed}</table></div></main></html>"
    ).encode()
