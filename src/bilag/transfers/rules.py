"""The posting rules of a company's setup, as `posting` takes them."""

from bilag.companies.setup import Setup
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Chart
from bilag.posting.plan import Rules
from bilag.posting.text_form import TextForms
from bilag.transfers.reference_rates import reference_rate


def rules_for(setup: Setup, chart: Chart | None) -> Rules:
    """Return the posting rules of a company. `chart` is what its accounting system accepts; None: nothing is checked against
    it.
    """
    return Rules(
        language=setup.language,
        chart=chart,
        dimensions=setup.dimensions,
        rounding_account=setup.rounding.account,
        accrual=accrual_rules(setup),
        references=reference_rate,
        texts=TextForms(setup.texts.voucher, setup.texts.entry),
    )


def accrual_rules(setup: Setup) -> AccrualRules | None:
    """Return the rules of accrual; None if it is off. companies/file.py requires both accounts if it is on."""
    chosen = setup.accrual
    if not chosen.enabled or not chosen.debit_account or not chosen.credit_account:
        return None
    return AccrualRules(chosen.debit_account, chosen.credit_account, chosen.by)


def accrued_accounts(setup: Setup) -> AccrualRules | None:
    """Return the accounts of accrued income, even while it is switched off; None when they are not chosen."""
    chosen = setup.accrued_income
    if not chosen.debit_account or not chosen.credit_account:
        return None
    return AccrualRules(chosen.debit_account, chosen.credit_account)
