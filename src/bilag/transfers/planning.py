"""What a plan is made with: the rules of the setup, and the keys that are computed from the source."""

import re
from dataclasses import fields
from datetime import date

from bilag.companies.setup import Setup
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Chart
from bilag.posting.invoice import Invoice
from bilag.posting.plan import Rules
from bilag.transfers.work import digest

PLAIN = re.compile(r"[0-9A-Za-z._-]{1,50}")
"""An external id that the hub takes as it is (contracts/azets-hub.openapi.yaml), and Tryton's texts too."""
NOT_CONTENT = ("version", "export_status", "modified_at", "customer_name", "departments", "moment_id")
"""Fields of an invoice that may change after posting without the voucher being another."""


def rules_for(setup: Setup, chart: Chart | None) -> Rules:
    """The posting rules of a company, with what its accounting system accepts."""
    return Rules(
        language=setup.language,
        chart=chart,
        dimensions=setup.dimensions,
        rounding_account=setup.rounding_account,
        accrual=accrual_rules(setup),
    )


def accrual_rules(setup: Setup) -> AccrualRules | None:
    """How income is accrued, where it is switched on. Both accounts are there then (companies/file.py)."""
    chosen = setup.accrual
    if not chosen.enabled or not chosen.debit_account or not chosen.credit_account:
        return None
    return AccrualRules(chosen.debit_account, chosen.credit_account, "days" if chosen.by == "days" else "months")


def external_id(setup: Setup, number: int) -> str:
    """The hub's duplicate guard: company and number, nothing else (contracts/decisions.md)."""
    return f"moment-{setup.moment.company_id}-invoice-{number}"


def accrued_accounts(setup: Setup) -> AccrualRules | None:
    """Where accrued income is posted, also while it is switched off; None where the accounts are not chosen."""
    chosen = setup.accrued_income
    if not chosen.debit_account or not chosen.credit_account:
        return None
    return AccrualRules(chosen.debit_account, chosen.credit_account)


def accrued_external_id(setup: Setup, month: date, project: str, sequence: int) -> str:
    """Company, month, project and sequence; their digest where that is too long or not plain for an external id."""
    company = setup.moment.company_id
    told = f"moment-{company}-accrued-{month:%Y%m}-{project}-{sequence}"
    if PLAIN.fullmatch(told):
        return told
    return f"moment-acc-{digest([company, month, project, sequence])[:32]}"


def content_hash(invoice: Invoice) -> str:
    """Of what must not change once it is posted."""
    return digest({one.name: getattr(invoice, one.name) for one in fields(invoice) if one.name not in NOT_CONTENT})
