"""Numbers in addresses may be anything: too long, too large, of another script. No page falls over one."""

import pytest

from bilag.web.whole_numbers import LARGEST, whole_number
from tests.support.people import People

ODD = ["9" * 5000, str(LARGEST + 1), "000000019999999999999999999", "-1", "١٢٣", "²", "1e9", " 1", "1.5", "", "x"]
ADDRESSES = [
    "transfers/?after=x~{}",
    "transfers/?sort=total&after=1~{}",
    "expenses/?after={}",
    "expenses/?q={}",
    "expenses/imports/?after={}",
    "accruals/?page={}",
    "attention/?page={}",
    "log/?before={0}.{0}.{0}",
    "tools/?requested={0}-{0}&polled_after={0}",
    "setup/try/?invoice={}",
    "reconciliation/?month={}",
    "rehearsal/?number={}",
]


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:30])
def test_no_page_falls_over_a_number(people: People, odd: str) -> None:
    owner, operator = people.client("owner"), people.client("operator")
    for address in ADDRESSES:
        assert owner.get(f"/c/fjell/{address.format(odd)}").status_code in (200, 302, 404), address
    assert operator.get(f"/?page={odd}").status_code in (200, 302)


def test_only_what_fits_is_a_number() -> None:
    assert [whole_number(text) for text in ODD] == [None] * len(ODD)
    assert [whole_number(text) for text in ("0", "007", str(LARGEST))] == [0, 7, LARGEST]
    assert [whole_number("31", largest) for largest in (30, 31)] == [None, 31]
