"""Chains of reversals: what Moment has of a chain is what accounting has of it, however the chain is read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bilag.posting.expense import Ignored, IgnoredReason, PostedLine, Selected
from bilag.posting.reversals import Key, Verdict, chains, settle

ON_PROJECT = Selected("1207", None)
NO_PROJECT = Ignored(IgnoredReason.NO_PROJECT)
EXCLUDED = Ignored(IgnoredReason.EXCLUDED)


def line(journal: int, net: str, reverses: int | None = None) -> PostedLine:
    amount = Decimal(net)
    return PostedLine(
        journal=journal,
        entry=1,
        account="4300",
        voucher_number=journal,
        voucher_date=date(2026, 5, 11),
        value_date=date(2026, 5, 11),
        voucher_type="incomingInvoice",
        net=amount,
        vat=amount / 4,
        gross=amount + amount / 4,
        currency="NOK",
        reverses=None if reverses is None else (reverses, 1),
    )


def coming_in(lines: list[PostedLine], in_moment: Iterable[int] = (), **verdicts: Verdict) -> list[int]:
    """The journals of the lines that come in; `j3=...` is another verdict on journal 3."""
    alone = {one.key: verdicts.get(f"j{one.journal}", ON_PROJECT) for one in lines}
    settled = settle(lines, alone, {(journal, 1) for journal in in_moment})
    return sorted(key[0] for key, verdict in settled.items() if isinstance(verdict, Selected))


COST, BACK, AGAIN, BACK_AGAIN = line(1, "1000"), line(2, "-1000", 1), line(3, "1000", 2), line(4, "-1000", 3)


def test_cost_whose_reversal_was_reversed_is_a_cost() -> None:
    assert coming_in([COST, BACK, AGAIN]) == [1]
    assert coming_in([AGAIN, BACK, COST]) == [1]


def test_three_reversals_of_an_imported_cost_take_it_back_once() -> None:
    assert coming_in([COST, BACK, AGAIN, BACK_AGAIN], in_moment=[1]) == [2]
    assert coming_in([COST, BACK, AGAIN], in_moment=[1]) == []
    assert coming_in([COST, BACK, AGAIN], in_moment=[1, 2]) == [3]


def test_reversal_of_a_part_and_second_reversal_of_one_line_come_in() -> None:
    assert coming_in([COST, line(2, "-400", 1)]) == [1, 2]
    assert len(coming_in([COST, BACK, line(3, "-1000", 1)])) == 1


def test_reversal_belongs_where_its_original_belongs() -> None:
    settled = settle([COST, line(2, "-400", 1)], {(1, 1): Selected("A", True), (2, 1): Selected("B", False)}, ())
    assert settled[2, 1] == Selected("A", True)
    assert coming_in([COST, BACK], in_moment=[1], j2=NO_PROJECT) == [2]
    assert coming_in([COST, BACK, AGAIN], j1=NO_PROJECT) == []


def test_reversal_of_a_line_that_nobody_knows_stays_out_unless_moment_has_it() -> None:
    alone = {(2, 1): ON_PROJECT, (3, 1): ON_PROJECT}
    unknown = Ignored(IgnoredReason.REVERSAL_OF_UNKNOWN)
    assert settle([BACK, AGAIN], alone, ()) == {(2, 1): unknown, (3, 1): unknown}
    assert coming_in([BACK], in_moment=[1]) == [2]
    assert coming_in([BACK, AGAIN], in_moment=[2]) == [3]


def test_what_a_person_excluded_takes_its_reversals_with_it() -> None:
    settled = settle([COST, BACK], {(1, 1): EXCLUDED, (2, 1): ON_PROJECT}, ())
    assert settled == {(1, 1): EXCLUDED, (2, 1): Ignored(IgnoredReason.REVERSES_EXCLUDED)}
    assert coming_in([COST, BACK, AGAIN], in_moment=[1], j2=EXCLUDED) == []


def test_circles_end() -> None:
    assert coming_in([line(1, "5", 1)]) == [1]
    assert coming_in([line(1, "5", 2), line(2, "-5", 1)]) == []
    assert coming_in([line(1, "5", 3), line(2, "-5", 1), line(3, "5", 2), line(4, "-5", 1)]) == []


def test_circle_with_a_line_in_moment_begins_there() -> None:
    one, other = line(1, "1000", 4), line(4, "-1000", 1)
    assert coming_in([one, other], in_moment=[4], j1=NO_PROJECT) == [1]
    assert coming_in([one, other], in_moment=[1], j4=NO_PROJECT) == [4]
    assert coming_in([line(2, "-1000", 5), line(5, "1000", 3), line(3, "-1000", 2)], in_moment=[5], j2=NO_PROJECT) == [
        2,
        3,
    ]


def test_long_chain_needs_no_recursion() -> None:
    long = [line(1, "1"), *(line(number, "1" if number % 2 else "-1", number - 1) for number in range(2, 3001))]
    assert coming_in(long) == []
    assert len(chains(long)) == 1


def test_chains_are_grouped_and_lines_alone_are_left_out() -> None:
    lines = [line(7, "1"), COST, line(8, "3"), line(9, "-3", 8), AGAIN, BACK]
    assert sorted(sorted(one.journal for one in chain) for chain in chains(lines)) == [[1, 2, 3], [8, 9]]


AMOUNTS = st.sampled_from(["0", "1000", "400", "600.01", "-1000"])


@dataclass
class Books:
    """Random lines; each but the first few reverses another one, or one that nobody knows."""

    lines: list[PostedLine] = field(default_factory=list)
    alone: dict[Key, Verdict] = field(default_factory=dict)


@st.composite
def books(draw: st.DrawFn) -> Books:
    found = Books()
    count = draw(st.integers(1, 9))
    for journal in range(1, count + 1):
        reverses = draw(st.one_of(st.none(), st.integers(0, count + 1)))
        by_number = {one.journal: one for one in found.lines}
        exact = reverses in by_number and draw(st.integers(0, 4))
        net = str(-by_number[reverses or 0].net) if exact else draw(AMOUNTS)
        found.lines.append(line(journal, net, reverses))
        found.alone[journal, 1] = draw(st.sampled_from([ON_PROJECT, ON_PROJECT, ON_PROJECT, NO_PROJECT, EXCLUDED]))
    return found


def belonging(lines: list[PostedLine], alone: dict[Key, Verdict], in_moment: set[Key]) -> set[Key]:
    """The naive answer to which lines count: one by one up to the first line, written apart from the code under test."""
    known = {one.key: one for one in lines}

    def counts(key: Key) -> bool:
        path: list[Key] = []
        while True:
            if key in in_moment:
                return True
            if alone[key] == EXCLUDED:
                return False
            path.append(key)
            up = known[key].reverses
            if up is None or (up not in known and up in in_moment):
                return isinstance(alone[key], Selected)
            if up not in known:
                return False
            if up in path:  # a circle begins at the line of it that was posted first
                circle = path[path.index(up) :]
                first = min(circle)
                between = path[: path.index(up)] + circle[: circle.index(first) + 1]
                if any(alone[one] == EXCLUDED for one in between):
                    return False
                return isinstance(alone[first], Selected)
            key = up

    return {key for key in known if counts(key)}


def total(lines: Iterable[PostedLine], keys: set[Key]) -> Decimal:
    return sum((one.net for one in lines if one.key in keys), Decimal(0))


@given(books(), st.data())
def test_moment_holds_what_accounting_holds_however_the_chain_is_read(books: Books, data: st.DataObject) -> None:
    """Any state before, any order, any split in imports, and some lines that Moment refuses at first."""
    in_moment = {one.key for one in books.lines if data.draw(st.integers(0, 5)) == 0}
    for key in in_moment:
        books.alone[key] = ON_PROJECT
    known = [one for one in books.lines if one.key in in_moment]
    order = data.draw(st.permutations([one for one in books.lines if one.key not in in_moment]))
    while order or not known:
        step = data.draw(st.integers(1, len(order)))
        known, order = [*known, *order[:step]], order[step:]
        refused = {one.key for one in known if data.draw(st.integers(0, 7)) == 0}
        for key, verdict in settle(known, books.alone, in_moment).items():
            if isinstance(verdict, Selected) and key not in refused:
                in_moment.add(key)
                books.alone[key] = verdict  # what Moment has stays where it is
    settled = settle(known, books.alone, in_moment)
    in_moment |= {key for key, verdict in settled.items() if isinstance(verdict, Selected)}
    assert total(known, in_moment) == total(known, belonging(known, books.alone, in_moment))
    again = settle(known, books.alone, in_moment)
    assert not [key for key, verdict in again.items() if isinstance(verdict, Selected)], "a second look changes nothing"


@given(books(), st.randoms())
def test_the_order_of_reading_does_not_matter(books: Books, chance: object) -> None:
    shuffled = list(books.lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(shuffled, books.alone, ()) == settle(books.lines, books.alone, ())


@given(books())
def test_the_sum_of_lines_is_the_sum_that_comes_in(books: Books) -> None:
    """Where the rules take every line, nothing but zeros is left out."""
    alone: dict[Key, Verdict] = {one.key: ON_PROJECT for one in books.lines}
    unknown = {one.reverses for one in books.lines if one.reverses is not None} - alone.keys()
    settled = settle(books.lines, alone, unknown)
    coming = {key for key, verdict in settled.items() if isinstance(verdict, Selected)}
    assert total(books.lines, coming) == total(books.lines, set(alone))


def test_what_sums_to_zero_in_net_vat_and_gross_is_left_out_and_nothing_else() -> None:
    back = replace(BACK, vat=Decimal("-350"), gross=Decimal("-1350"))
    assert coming_in([COST, back]) == [1, 2]
    other = replace(BACK, net=Decimal("-900"), vat=Decimal("-350"), gross=Decimal("-1250"))
    assert coming_in([COST, other]) == [1, 2]
    assert settle([COST, BACK], {(1, 1): ON_PROJECT, (2, 1): ON_PROJECT}, ()) == {
        (1, 1): Ignored(IgnoredReason.REVERSED),
        (2, 1): Ignored(IgnoredReason.REVERSED),
    }


def test_chain_that_stays_out_does_not_keep_the_pairs_of_another() -> None:
    other = [line(5, "500"), line(7, "-500", 5)]
    assert coming_in([COST, BACK, *other], j5=NO_PROJECT) == []


def test_excluded_reversal_of_a_cost_in_moment_stays_out() -> None:
    assert coming_in([COST, BACK], in_moment=[1], j2=EXCLUDED) == []


def test_reversal_follows_the_project_that_moment_has_for_its_original() -> None:
    there, elsewhere = Selected("A", True), Selected("B", None)
    alone = {(1, 1): NO_PROJECT, (2, 1): there, (3, 1): elsewhere}
    assert settle([COST, BACK, AGAIN], alone, {(2, 1)}) == {(1, 1): NO_PROJECT, (3, 1): there}


def test_circle_that_an_earlier_line_leads_into_ends() -> None:
    assert coming_in([line(1, "5", 2), line(2, "-5", 3), line(3, "7", 2)]) == [3]


def test_chain_with_branches_is_one_chain() -> None:
    branches = [COST, line(2, "-100", 1), line(3, "-200", 1), line(4, "100", 2), line(5, "200", 3), line(6, "-1", 4)]
    for lines in (branches, branches[::-1], [branches[at] for at in (3, 0, 5, 1, 4, 2)]):
        assert [sorted(one.journal for one in chain) for chain in chains(lines)] == [[1, 2, 3, 4, 5, 6]]


def test_reversal_of_what_moment_has_on_an_unknown_project_is_judged_by_itself() -> None:
    assert coming_in([COST, BACK], in_moment=[1], j1=NO_PROJECT) == [2]
