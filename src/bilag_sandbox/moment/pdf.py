"""A small, valid PDF with one page of text; the same text gives the same bytes."""

from collections.abc import Mapping, Sequence
from typing import Any


def invoice_pdf(invoice: Mapping[str, Any]) -> bytes:
    """Render a short version of the invoice."""
    customer = invoice.get("customer")
    what = "Kreditnota" if invoice.get("invoiceType") == "creditNote" else "Faktura"
    lines = [
        f"{what} {invoice.get('invoiceNumber')}",
        str(customer.get("name") or customer.get("customerNumber") or "") if isinstance(customer, Mapping) else "",
        f"Dato {invoice.get('issueDate') or ''}   Forfall {invoice.get('dueDate') or ''}",
        f"KID {invoice.get('paymentId') or ''}",
        f"Netto {invoice.get('netAmount')}   MVA {invoice.get('vatAmount')}",
        f"Sum {invoice.get('totalAmount')} {invoice.get('currency')}",
    ]
    return page_of(lines)


def page_of(lines: Sequence[str]) -> bytes:
    """Render a page with these lines of text."""
    shown = b" ".join(b"(" + _text(line) + b") Tj T*" for line in lines)
    stream = b"BT /F1 12 Tf 16 TL 60 780 Td " + shown + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _file(objects)


def _text(line: str) -> bytes:
    raw = line.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer
