"""Hypothesis strategies: invoices that have no fault."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from bilag.posting.invoice import Invoice, InvoiceLine, ServicePeriod
from bilag.posting.voucher import ZERO

ACCOUNTS = ("3000", "3010", "3100", "3900", "7740")
RATES = {
    "3": Decimal("0.25"),
    "31": Decimal("0.15"),
    "5": Decimal(0),
    "52": Decimal(0),
    "6": Decimal(0),
    None: Decimal(0),
}
ALLOWED = {"3000": ("3", "31"), "3010": ("3", "31"), "3100": ("5", "52", "6"), "3900": (*RATES,), "7740": (None,)}
amounts = st.decimals(-100000, 100000, places=2, allow_nan=False, allow_infinity=False)
periods = st.builds(ServicePeriod, st.dates(), st.dates())


@st.composite
def good_lines(draw: st.DrawFn) -> tuple[InvoiceLine, ...]:
    """Lines as a billing system makes them: VAT rounded by line, text lines and discounts between them."""
    lines = []
    for position in range(1, draw(st.integers(1, 12)) + 1):
        account = draw(st.sampled_from(ACCOUNTS))
        code = draw(st.sampled_from(ALLOWED[account]))
        net = draw(amounts)
        if draw(st.integers(0, 9)) == 0:
            lines.append(InvoiceLine(position, draw(st.text(max_size=20)), None, None, None, ZERO, ZERO))
            continue
        lines.append(
            InvoiceLine(
                position,
                draw(st.none() | st.text(max_size=150)),
                account,
                code,
                None,
                net,
                (net * RATES[code]).quantize(Decimal("0.01")),
                project=draw(st.sampled_from([None, "1207", "1311", "0012"])),
                department=draw(st.sampled_from([None, "10", "20"])),
                service_period=draw(st.none() | periods),
            )
        )
    return tuple(lines)


@st.composite
def good_invoices(draw: st.DrawFn) -> Invoice:
    """Invoices and credit notes that nothing is wrong with, some of them an øre off for each line."""
    lines = draw(good_lines())
    net, vat = sum((one.net for one in lines), ZERO), sum((one.vat for one in lines), ZERO)
    with_amount = sum(1 for one in lines if one.net or one.vat)
    off = Decimal(draw(st.integers(-with_amount, with_amount))) / 100
    currency = draw(st.sampled_from(["NOK", "NOK", "EUR"]))
    rate = draw(st.decimals("1.00000001", "100", places=8)) if currency == "EUR" else None
    total = net + vat + off
    is_credit_note = draw(st.booleans()) if total == 0 else total < 0 and draw(st.booleans())
    return Invoice(
        moment_id=1,
        version=1,
        number=draw(st.integers(100_000, 2147483647)),  # no credit note credits itself
        finalized=True,
        is_credit_note=is_credit_note,
        export_status="toTransfer",
        invoice_date=draw(st.dates(date(2026, 3, 1), date(2026, 12, 31))),
        due_date=None,
        finalized_at=datetime(2026, 5, 29, tzinfo=UTC),
        description=draw(st.none() | st.text(max_size=200)),
        customer="10001",
        project=draw(st.sampled_from([None, "1207"])),
        department=draw(st.sampled_from([None, "10"])),
        your_reference=draw(st.none() | st.text(max_size=100)),
        payment_id=draw(st.sampled_from([None, "", "602243"])),
        currency=currency,
        exchange_rate=rate,
        credited_number=draw(st.none() | st.integers(1, 99999)) if is_credit_note else None,
        lines=lines,
        net=net,
        vat=vat,
        total=total,
    )
