"""How voucher numbers follow from invoice numbers: pure rules, and books whose ranges changed."""

from hypothesis import given
from hypothesis import strategies as st

from bilag.messages.rehearsal import render_value
from bilag.rehearsal.numbering import Numbering, Range, Seen, numbering_of, ranges_seen
from tests.support.earlier_books import causes, finalised, post_history, proposals, rehearsed
from tests.support.world import World

numbers = st.integers(1, 10**9)


@given(st.integers(-(10**6), 10**9), numbers, st.integers(0, 10**6), st.booleans())
def test_numberings_read_back_and_are_turned_round(offset: int, later: int, more: int, own: bool) -> None:
    ranges = (Range(offset, None, later - 1), Range(offset + more, later))
    made = Numbering((*ranges, Range(offset + 10**10, credit_notes=True)) if own else ranges)
    assert Numbering.read(made.spelled) == made
    for number in (later - 1, later, later + 7):
        for credit_note in (False, True):
            voucher = number + made.offset(number, credit_note=credit_note)
            assert made.invoice_number(voucher, credit_note=credit_note) in (number, number - more)
    assert made.offset(later, credit_note=True) == (offset + 10**10 if own else offset + more)


def test_ranges_that_overlap_are_a_coincidence() -> None:
    seen = [
        Seen(False, 100, 80, 1, 90),
        Seen(False, 7, 4, 20, 60),
        Seen(False, 500, 70, 91, 170),
        Seen(False, 3, 1, 171, 171),
    ]
    assert [one.offset for one in ranges_seen(seen)] == [100, 500]
    assert ranges_seen([Seen(False, place, 1, place, place) for place in range(9)]) == []


def test_credit_notes_that_are_numbered_as_invoices_have_no_range_of_their_own() -> None:
    general = [(Seen(False, 100, 80, 1, 90), 1), (Seen(False, 500, 70, 95, 170), 93)]
    made = numbering_of(general, [Seen(True, 100, 2, 10, 40), Seen(True, 500, 2, 99, 160)])
    assert made.spelled == "100@-92; 500@93-"
    own = numbering_of(general, [Seen(True, 9000, 3, 10, 160)])
    assert own.offset(50, credit_note=True) == 9000
    assert own.offset(50, credit_note=False) == 100
    assert render_value("numbers.voucher", own.spelled, "en") == (
        "the invoice number + 100 to 92, + 500 from 93, + 9000 for credit notes"
    )


def test_numbers_that_changed_and_those_of_credit_notes_are_explained(year: World) -> None:
    habits = {"numberOffset": 100_000, "offsetFrom": 5150, "laterOffset": 20_000, "creditNoteOffset": 900_000}
    credited = [one["invoiceNumber"] for one in finalised(year) if one["totalAmount"] < 0]
    post_history(year, habits=habits)
    run = rehearsed(year)
    assert credited
    assert run.counts["missing"] == run.counts["unknown"] == 0
    assert run.counts["own_way"] + run.counts["nothing"] == run.counts["invoices"] == 300
    numbering = run.numbering
    assert [one.offset for one in numbering.ranges] == [100_000, 120_000, 900_000]
    assert numbering.ranges[1].first == 5150
    standing, value = proposals(run)["numbers.voucher"]
    assert (standing, value) == ("noted", numbering.spelled)
    found = {
        kind: count for (kind, facts), count in causes(run).items() if kind == "number" and "credit_notes" in facts
    }
    assert found == {"number": len(credited)}


def test_one_credit_note_elsewhere_is_found(year: World) -> None:
    """There may be one in a year: its total and kind are enough where the usual number has no voucher."""
    invoices = finalised(year)
    credit_notes = [one["invoiceNumber"] for one in invoices if one["totalAmount"] < 0]
    some = [one for one in invoices if one["invoiceNumber"] not in credit_notes[1:]]
    post_history(year, habits={"creditNoteOffset": 50_000}, invoices=some)
    run = rehearsed(year)
    assert run.results.get(number=credit_notes[0]).result == "own_way"
    assert {row.number for row in run.results.filter(result="missing")} == set(credit_notes[1:])
