"""A test kit for platforms: what every `AccountingPlatform` must do, whatever accounting system is behind it.

A platform is done when it passes every one of `CASES`:

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
    def test_it_conforms(case, kit):
        case(kit)

`kit` is a `Kit` over the platform, a `LedgerControl` (a hand on the accounting system behind the platform's back) and
a `Sample` (numbers that exist there). A case raises `NotConforming`, an `AssertionError` that says what was broken.
Cases of expenses hold of platforms whose `capabilities.expenses` says so.
"""

from bilag.platforms.conformance.expenses import EXPENSE_CASES
from bilag.platforms.conformance.kit import Cost, Kit, LedgerControl, NotConforming, Sample
from bilag.platforms.conformance.vouchers import VOUCHER_CASES

CASES = VOUCHER_CASES + EXPENSE_CASES

__all__ = ["CASES", "EXPENSE_CASES", "VOUCHER_CASES", "Cost", "Kit", "LedgerControl", "NotConforming", "Sample"]
