"""What a voucher's text is made of: "Faktura 5001" is "Faktura {number}". Pure."""

import re

from bilag.posting.invoice import Invoice
from bilag.posting.texts import ELLIPSIS, one_line

AS_BILAG = "bilag"
"""The text is the one that Bilag would have written."""
SHORTEST = 3
LONGEST_FORM = 60
SHORTEST_CUT = 20


def text_form(text: str, invoice: Invoice) -> str:
    """Return the text with number, description, customer and project of the invoice replaced by their names in braces.

    Other digits are replaced by #, so that texts of one habit have one form. A form is at most 60 characters long.
    """
    known = (
        ("description", one_line(invoice.description)),
        ("customer", one_line(invoice.customer_name)),
        ("number", str(invoice.number)),
        ("customer number", invoice.customer),
        ("project", invoice.project),
        ("reference", one_line(invoice.your_reference)),
    )
    form = one_line(text) or ""
    for name, value in sorted(known, key=lambda one: -len(one[1] or "")):
        if value and len(value) >= SHORTEST:
            form = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"{{{name}}}", form)
            form = _cut_end(form, value, name)
    return re.sub(r"\d", "#", form)[:LONGEST_FORM]


def _cut_end(form: str, value: str, name: str) -> str:
    """Replace the beginning of `value` at the text's end, where the text was cut."""
    kept = form.removesuffix(ELLIPSIS).rstrip()
    for place in range(len(kept) - SHORTEST_CUT):
        if value.startswith(kept[place:]) and "{" not in kept[place:]:
            return f"{kept[:place]}{{{name}}}"
    return form
