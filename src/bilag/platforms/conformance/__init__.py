"""Test kit for platforms: what every `AccountingPlatform` must do, whatever accounting system is behind it.

A platform must pass each of `CASES`:

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
    def test_it_conforms(case, kit):
        case(kit)

A `Kit` consists of the platform, a `LedgerControl` (direct access to the accounting system, past the platform) and a
`Sample` (numbers that exist there). A case raises `NotConforming`, an `AssertionError` that says what went wrong.
`EXPENSE_CASES` apply to platforms whose `capabilities.expenses` is set.
"""

from bilag.platforms.conformance.expenses import EXPENSE_CASES
from bilag.platforms.conformance.kit import Cost, Kit, LedgerControl, NotConforming, Sample
from bilag.platforms.conformance.vouchers import VOUCHER_CASES

CASES = VOUCHER_CASES + EXPENSE_CASES

__all__ = ["CASES", "EXPENSE_CASES", "VOUCHER_CASES", "Cost", "Kit", "LedgerControl", "NotConforming", "Sample"]
