"""Lines become groups: what is merged, what is kept apart, what is left out (DESIGN, rule 3)."""

from datetime import date
from decimal import Decimal

from bilag.posting.grouping import Splitting, group_lines
from bilag.posting.invoice import ServicePeriod
from tests.support.posting.samples import line, money

BY_UNITS = Splitting(by_project=True, by_department=True, project="1207", department="10")


def test_lines_of_one_account_become_one_group_that_remembers_them() -> None:
    groups = group_lines([line(1, 50000), line(2, 13125), line(3, 10)]).groups
    assert [(group.net, group.vat, group.positions) for group in groups] == [
        (money(63135), money("15783.75"), (1, 2, 3))
    ]


def test_groups_stand_in_order_of_first_appearance() -> None:
    lines = [line(1, account="3010"), line(2), line(3, account="3010"), line(4, account="3100", vat_code="5", vat=0)]
    groups = group_lines(lines).groups
    assert [(group.key.account, group.positions) for group in groups] == [
        ("3010", (1, 3)),
        ("3000", (2,)),
        ("3100", (4,)),
    ]


def test_vat_codes_on_one_account_are_kept_apart() -> None:
    groups = group_lines([line(1), line(2, vat_code="31", vat=150), line(3, vat_code=None, vat=0)]).groups
    assert [group.key.vat_code for group in groups] == ["3", "31", None]


def test_an_empty_vat_code_is_none() -> None:
    assert group_lines([line(1, vat_code=" ", vat=0)]).groups[0].key.vat_code is None


def test_a_lines_own_project_and_department_come_before_the_invoices() -> None:
    lines = [line(1), line(2, project="1311"), line(3, department="20"), line(4, project="1207", department="10")]
    groups = group_lines(lines, BY_UNITS).groups
    assert [(group.key.project, group.key.department, group.positions) for group in groups] == [
        ("1207", "10", (1, 4)),
        ("1311", "10", (2,)),
        ("1207", "20", (3,)),
    ]


def test_a_dimension_that_is_not_sent_does_not_keep_lines_apart() -> None:
    groups = group_lines([line(1, project="1311"), line(2, project="1207")]).groups
    assert [(group.key.project, group.positions) for group in groups] == [(None, (1, 2))]


def test_service_periods_are_kept_apart_only_with_accrual() -> None:
    may, june = (ServicePeriod(date(2026, month, 1), date(2026, month, 30)) for month in (5, 6))
    lines = [line(1, service_period=may), line(2, service_period=june)]
    assert len(group_lines(lines).groups) == 1
    assert [group.key.service_period for group in group_lines(lines, Splitting(by_service_period=True)).groups] == [
        may,
        june,
    ]


def test_a_discount_is_merged_into_its_group() -> None:
    (group,) = group_lines([line(1, 1000), line(2, -100, text="Rabatt")]).groups
    assert (group.net, group.vat, group.is_negative) == (money(900), money(225), False)


def test_a_group_that_sums_to_zero_is_left_out_and_told() -> None:
    grouping = group_lines([line(1, 500), line(2, -500), line(3, account="3010")])
    assert [group.key.account for group in grouping.groups] == ["3010"]
    assert [group.positions for group in grouping.zero_groups] == [(1, 2)]


def test_a_group_with_vat_alone_is_no_zero_group() -> None:
    (group,) = group_lines([line(1, 100, "25.00"), line(2, -100, "-24.99")]).groups
    assert (group.net, group.vat) == (Decimal("0.00"), Decimal("0.01"))


def test_a_text_line_is_left_out_and_an_amount_without_account_is_told() -> None:
    grouping = group_lines([line(1, 0, account=None, text="Se vedlegg"), line(2, 10, account=None), line(3)])
    assert grouping.without_account == (2,)
    assert [group.positions for group in grouping.groups] == [(3,)]
    assert grouping.lines_with_amount == 2


def test_an_entrys_text_is_the_one_text_else_the_accounts_name_else_the_first() -> None:
    (same,) = group_lines([line(1, text="Honorar"), line(2, text=" Honorar\n")]).groups
    (different,) = group_lines([line(1, text="Honorar"), line(2, text="Reise")]).groups
    (without,) = group_lines([line(1, text=None)]).groups
    assert same.text("Salgsinntekt") == "Honorar"
    assert different.text("Salgsinntekt") == "Salgsinntekt"
    assert different.text(None) == "Honorar"
    assert without.text("Salgsinntekt") == "Salgsinntekt"
    assert without.text(None) is None


def test_a_line_of_nothing_does_not_decide_an_entrys_text() -> None:
    (group,) = group_lines([line(1, 0, text="Timer, se vedlegg"), line(2, text="Honorar")]).groups
    assert group.text("Salgsinntekt") == "Honorar"


def test_a_department_that_is_not_sent_does_not_keep_lines_apart_either() -> None:
    groups = group_lines([line(1, department="10"), line(2, department="20")], Splitting(by_project=True)).groups
    assert [(group.key.department, group.positions) for group in groups] == [(None, (1, 2))]


def test_vat_alone_or_net_alone_has_one_sign() -> None:
    """A line of VAT only, or of income without VAT, fits on one side of its account; opposite signs do not."""
    for net, vat, negative, differ in (
        (0, "0.50", False, False),
        (0, "-0.50", True, False),
        (2, 0, False, False),
        (-2, 0, True, False),
        (2, "-0.50", True, True),
        (-2, "0.50", True, True),
    ):
        (group,) = group_lines([line(1, net, vat)]).groups
        assert (group.is_negative, group.signs_differ) == (negative, differ), (net, vat)
