"""Vouchers and master data for the company of `bootstrap.py`. Each voucher has a number of its own."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.master import Customer, Department, Project
from bilag.posting.voucher import Entry, Side, Voucher, VoucherKind

DAY = date(2026, 4, 15)
numbers = itertools.count(20001)
UNITS = ((1, "10"), (2, "1207"))


def entry(net: str, vat: str = "0.00", side: Side = Side.CREDIT, **changed: Any) -> Entry:
    """A sale on 3000 with VAT code 3, of the department and the project."""
    code = "3" if vat != "0.00" else "5"
    made = Entry("3000", side, Decimal(net), Decimal(vat), code, "Prosjektering", UNITS, "1207", "10")
    return replace(made, **changed)


def invoice(*entries: Entry, **changed: Any) -> Voucher:
    """An invoice to customer 10042 with a KID."""
    chosen = entries or (entry("1000.00", "250.00"),)
    total = -sum((one.signed_gross for one in chosen), Decimal("0.00"))
    voucher = Voucher(
        number=next(numbers),
        kind=VoucherKind.INVOICE,
        voucher_date=DAY,
        text="Prosjektering, april",
        currency="NOK",
        entries=chosen,
        total=total,
        due_date=DAY + timedelta(days=14),
        payment_id="200010",
        customer="10042",
        your_reference="Åse Østby",
    )
    return replace(voucher, **changed)


def key(voucher: Voucher) -> str:
    """The external id of an invoice's vouchers."""
    return f"moment-4021-invoice-{voucher.number}"


def customer(**changed: Any) -> Customer:
    """Customer 10042."""
    made = Customer(
        42,
        "10042",
        "Ærlig Eiendom AS",
        "active",
        organisation_number="974 760 673 MVA",
        email="post@aerlig.example",
        address_lines=("Bryggen 7", "2. etasje"),
        postal_code="5003",
        city="Bergen",
        country="NO",
    )
    return replace(made, **changed)


def put_master_data(platform: TrytonPlatform) -> None:
    """What the vouchers name."""
    platform.put_customer(customer())
    platform.put_department(Department("10", "Arkitektur"))
    platform.put_project(Project(7, "1207", "Nytt hovedkontor", "active", "10042", department="10"))
