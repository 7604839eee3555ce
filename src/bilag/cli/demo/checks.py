"""Verify the demo in Moment and the ledger, not in Bilag: one voucher for each invoice, and a balance of zero."""

from decimal import Decimal
from typing import Any

import httpx2

from bilag.cli import rendering
from bilag.cli.output import NEEDS_ATTENTION, print_table, say
from bilag.companies import store
from bilag.companies.gateways import moment_for

INVOICE_TYPES = ("outgoingInvoice", "creditNote")
CLIENT = "123"


def prove(numbers: list[int], hub: str, other_faults: list[str]) -> int:
    """Print the trial balance and every fault. Return 0 when there is none.

    `other_faults` are those of the rehearsal and of the imported expenses. The invoice of an expense is checked with them.
    """
    balance = httpx2.get(f"{hub}/admin/clients/{CLIENT}/trial-balance", timeout=60).json()
    ledger = httpx2.get(f"{hub}/admin/clients/{CLIENT}/ledger", timeout=60).json()
    print_table(
        ["Account", "Name", "Debit ", "Credit ", "Balance "],
        [
            *(
                (row["accountNumber"], row["name"], *_amounts(row, "debit", "credit", "balance"))
                for row in balance["accounts"]
            ),
            ("", "Sum", *_amounts(balance, "debit", "credit", "sum")),
        ],
        title="\nTrial balance of the ledger",
    )
    broken = _broken(numbers, ledger) + other_faults
    without = sum("no voucher" in sentence for sentence in broken)
    say(f"\n{len(numbers)} invoices finalised; invoices without voucher: {without}; trial balance: {balance['sum']}")
    if Decimal(balance["sum"]) != 0:
        broken.append(f"the trial balance is {balance['sum']}, not 0.00")
    if balance["missingJournalNumbers"]:
        broken.append(f"{balance['missingJournalNumbers']} journal numbers are missing")
    for sentence in broken:
        say(f"FAULT: {sentence}")
    if not broken:
        say("Every invoice has exactly one voucher with its amount, and is marked as transferred in Moment.")
    return NEEDS_ATTENTION if broken else 0


def _amounts(row: dict[str, Any], *names: str) -> list[str | None]:
    return [rendering.amount(row[name]) for name in names]


def _broken(numbers: list[int], ledger: list[dict[str, Any]]) -> list[str]:
    """Return every fault as a sentence."""
    moment = moment_for(store.load_setup_by_slug("fjell"))
    by_number: dict[int, list[dict[str, Any]]] = {}
    for voucher in ledger:
        if (
            voucher["type"] in INVOICE_TYPES and voucher["externalId"] is not None
        ):  # the earlier integration posted the others
            by_number.setdefault(voucher["voucherNumber"], []).append(voucher)
    broken = [f"voucher {number} belongs to no invoice" for number in by_number.keys() - set(numbers)]
    for number in numbers:
        vouchers, invoice = by_number.get(number, []), moment.invoice_by_number(number)
        if invoice is None:
            broken.append(f"invoice {number} is missing in Moment")
        elif not vouchers:
            broken.append(f"invoice {number} has no voucher")
        elif len(vouchers) > 1:
            broken.append(f"invoice {number} has {len(vouchers)} vouchers")
        elif Decimal(vouchers[0]["totalAmount"]) != invoice.total:
            broken.append(
                f"the total of invoice {number} is {invoice.total}, but {vouchers[0]['totalAmount']} on its voucher"
            )
        elif invoice.export_status != "transferred":
            broken.append(f"invoice {number} is posted, but not marked as transferred in Moment")
    return broken
