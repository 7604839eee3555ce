"""What a plan is made with: the rules of the setup, and the keys that are computed from the source."""

from bilag.companies.setup import Setup
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Chart
from bilag.posting.plan import Rules


def rules_for(setup: Setup, chart: Chart | None) -> Rules:
    """The posting rules of a company, with what its accounting system accepts."""
    return Rules(
        language=setup.language,
        chart=chart,
        dimensions=setup.dimensions,
        rounding_account=setup.rounding.account,
        accrual=accrual_rules(setup),
    )


def accrual_rules(setup: Setup) -> AccrualRules | None:
    """How income is accrued, where it is switched on. Both accounts are there then (companies/file.py)."""
    chosen = setup.accrual
    if not chosen.enabled or not chosen.debit_account or not chosen.credit_account:
        return None
    return AccrualRules(chosen.debit_account, chosen.credit_account, chosen.by)


def accrued_accounts(setup: Setup) -> AccrualRules | None:
    """Where accrued income is posted, also while it is switched off; None where the accounts are not chosen."""
    chosen = setup.accrued_income
    if not chosen.debit_account or not chosen.credit_account:
        return None
    return AccrualRules(chosen.debit_account, chosen.credit_account)
