"""A try that broke off is gone on with: whatever was lost on the way, each voucher stands in Tryton once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.read_back import differences
from bilag.posting.voucher import Entry, Side, Voucher, VoucherKind
from bilag.wire.errors import Refused, Unavailable
from tests.support.tryton.middleman import Between, How, Operation, between
from tests.support.tryton.office import Office
from tests.support.tryton.samples import entry, invoice, key, put_master_data


@pytest.fixture(scope="module")
def middle(office: Office) -> Iterator[Between]:
    with between(office.ledger.address) as middle:
        yield middle


@pytest.fixture(scope="module")
def platform(office: Office, middle: Between) -> TrytonPlatform:
    """Bilag, behind something that can break."""
    platform = office.platform(base_url=middle.address)
    put_master_data(platform)
    return platform


def states(office: Office, voucher: Voucher) -> list[str]:
    moves = office.person.read("account.move", [["description", "like", f"{key(voucher)}%"]], "state")
    return [str(move["state"]) for move in moves]


def accrued(first: Voucher) -> list[Voucher]:
    """The invoice with two vouchers that spread its income."""
    months = [date(2026, 4, 15), date(2026, 5, 31)]
    sides = [(Side.DEBIT, Side.CREDIT), (Side.CREDIT, Side.DEBIT)]
    made = []
    for day, (on_income, on_debt) in zip(months, sides, strict=True):
        entries = (Entry("3910", on_income, Decimal("600.00")), Entry("2965", on_debt, Decimal("600.00")))
        kind = VoucherKind.JOURNAL
        made.append(Voucher(first.number, kind, day, "Periodisering", "NOK", entries, related_number=first.number))
    return [first, *made]


@pytest.mark.parametrize("how", ["before", "after", "page"])
@pytest.mark.parametrize("operation", ["create", "post"])
def test_an_invoice_is_posted_once_whatever_request_was_lost(
    operation: Operation, how: How, platform: TrytonPlatform, middle: Between, office: Office
) -> None:
    voucher = invoice()
    middle.break_next(operation, 1, how)
    with pytest.raises(Unavailable) as lost:
        platform.post_voucher([voucher], key(voucher))
    assert middle.struck, f"another request was lost: {lost.value}"
    assert not lost.value.outcome_known
    found = platform.find_voucher(voucher, key(voucher))
    came_through = {("create", "before"): "absent", ("post", "after"): "posted", ("post", "page"): "posted"}
    assert found.state == came_through.get((operation, how), "created"), middle.hidden
    standing = office.platform().post_voucher([voucher], key(voucher))
    assert standing.state == "posted"
    assert found.batch_number in (None, standing.batch_number), "a draft was started anew, not gone on with"
    assert states(office, voucher) == ["posted"]


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("operation", ["create", "post"])
def test_an_accrued_invoice_is_posted_whole_whatever_request_was_lost(
    operation: Operation, nth: int, how: How, platform: TrytonPlatform, middle: Between, office: Office
) -> None:
    vouchers = accrued(invoice())
    middle.break_next(operation, nth, how)
    with pytest.raises(Unavailable) as lost:
        platform.post_voucher(vouchers, key(vouchers[0]))
    assert middle.struck, f"another request was lost: {lost.value}"
    standing = office.platform().post_voucher(vouchers, key(vouchers[0]))
    assert standing.state == "posted"
    assert standing.posted is not None
    assert not differences(vouchers[0], standing.posted, platform.chart())
    assert states(office, vouchers[0]) == ["posted"] * 3


def test_the_invoice_is_not_posted_before_all_that_goes_with_it(
    platform: TrytonPlatform, middle: Between, office: Office
) -> None:
    vouchers = accrued(invoice())
    middle.break_next("post", 2, "after")
    with pytest.raises(Unavailable):
        platform.post_voucher(vouchers, key(vouchers[0]))
    assert sorted(states(office, vouchers[0])) == ["draft", "posted", "posted"]
    assert platform.find_voucher(vouchers[0], key(vouchers[0])).state == "created"
    assert platform.find_voucher(vouchers[0], key(vouchers[0]), thorough=False).state == "absent"


def test_a_draft_that_says_something_else_gives_way(platform: TrytonPlatform, middle: Between, office: Office) -> None:
    voucher = invoice()
    middle.break_next("create", 1, "after")
    with pytest.raises(Unavailable):
        platform.post_voucher([voucher], key(voucher))
    mended = replace(voucher, entries=(entry("800.00", "200.00"),), total=Decimal("1000.00"))
    standing = platform.post_voucher([mended], key(mended))
    assert standing.posted is not None
    assert not differences(mended, standing.posted, platform.chart())
    assert states(office, voucher) == ["posted"]


def test_a_draft_that_stands_double_is_posted_once(platform: TrytonPlatform, middle: Between, office: Office) -> None:
    voucher = invoice()
    drafts = []
    for _ in range(2):
        middle.break_next("create", 1, "after")
        with pytest.raises(Unavailable):
            platform.post_voucher([voucher], key(voucher))
        drafts += office.moves_with(voucher.number)
        office.person.write("account.move", drafts[-1], description="laid aside")
    for draft in drafts:
        told = f"{key(voucher)} Faktura {voucher.number}: {voucher.text}"
        office.person.write("account.move", draft, description=told)
    assert platform.post_voucher([voucher], key(voucher)).batch_number == drafts[0]
    assert states(office, voucher) == ["posted"]


def test_a_draft_that_is_refused_now_is_taken_away(platform: TrytonPlatform, middle: Between, office: Office) -> None:
    voucher = invoice()
    middle.break_next("post", 1, "before")
    with pytest.raises(Unavailable):
        platform.post_voucher([voucher], key(voucher))
    gone = office.person.one("party.party", ["code", "=", "10042"])
    office.person.write("party.party", gone, active=False)
    with pytest.raises(Refused) as refused:
        platform.post_voucher([voucher], key(voucher))
    assert [problem.code for problem in refused.value.problems] == ["customer_unknown"]
    assert states(office, voucher) == []
    put_master_data(platform)
    assert platform.post_voucher([voucher], key(voucher)).state == "posted"


def test_what_goes_with_the_invoice_and_is_posted_already_does_not_change(
    platform: TrytonPlatform, middle: Between, office: Office
) -> None:
    vouchers = accrued(invoice())
    middle.break_next("post", 2, "before")
    with pytest.raises(Unavailable):
        platform.post_voucher(vouchers, key(vouchers[0]))
    assert "posted" in states(office, vouchers[0])
    other = tuple(replace(one, net=Decimal("1.00")) for one in vouchers[2].entries)
    changed: list[Any] = [*vouchers[:2], replace(vouchers[2], entries=other)]
    standing = platform.post_voucher(changed, key(vouchers[0]))
    assert standing.state == "conflict"
    assert standing.problems[0].code == "duplicate_content"
    assert states(office, vouchers[0]).count("posted") == 1


def test_what_is_posted_of_an_invoice_that_is_refused_then_is_told(
    platform: TrytonPlatform, middle: Between, office: Office
) -> None:
    vouchers = accrued(invoice())
    middle.break_next("post", 3, "before")
    with pytest.raises(Unavailable):
        platform.post_voucher(vouchers, key(vouchers[0]))
    party = office.person.one("party.party", ["code", "=", "10042"])
    office.person.write("party.party", party, active=False)
    with pytest.raises(Refused) as refused:
        platform.post_voucher(vouchers, key(vouchers[0]))
    office.person.write("party.party", party, active=True)
    assert [problem.code for problem in refused.value.problems] == ["customer_unknown", "tryton_half_posted"]
    words = render_problem(refused.value.problems[1], "nb")
    assert words.message.startswith("Noen av fakturaens bilag er bokført i Tryton (nummer ")
    assert "bokfører bare bilagene som mangler" in words.remedy
    assert states(office, vouchers[0]) == ["posted", "posted"]
    assert platform.post_voucher(vouchers, key(vouchers[0])).state == "posted"
    assert states(office, vouchers[0]) == ["posted"] * 3
