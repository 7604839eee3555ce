"""VAT of each base in SAF-T: the journal has it in entries of its own."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bilag.exports.entries import of_posted
from bilag.exports.saft_entries import vat_of_bases
from bilag.posting.plan import plan_invoice
from bilag.posting.voucher import ZERO
from tests.support.exports import DIMENSIONS
from tests.support.posting.ledger import merged, post
from tests.support.posting.samples import chart, invoice, line, money, rules

amounts = st.decimals("-99999.99", "99999.99", places=2).filter(bool)


def test_where_each_base_has_its_vat_it_is_that() -> None:
    lines = (line(1, "0.10", vat="0.03"), line(2, "0.10", vat="0.02", account="3010"))
    [voucher] = plan_invoice(invoice(*lines), rules()).vouchers
    told = of_posted(post(voucher, chart()), "NOK", DIMENSIONS, chart())
    assert [(told.entries[place].account, vat) for place, vat in vat_of_bases(told).items()] == [
        ("3000", money("-0.03")),
        ("3010", money("-0.02")),
    ]


@given(st.lists(amounts, min_size=1, max_size=6))
def test_shares_of_merged_vat_sum_to_it(nets: list[Decimal]) -> None:
    lines = [line(place, net, project=str(1200 + place)) for place, net in enumerate(nets, start=1)]
    plan = plan_invoice(invoice(*lines), rules())
    for voucher in plan.vouchers:
        told = of_posted(merged(post(voucher, chart())), "NOK", DIMENSIONS, chart())
        vat = sum((entry.amount for entry in told.entries if entry.of_vat), ZERO)
        assert sum(vat_of_bases(told).values(), ZERO) == vat
