"""Every text of a rehearsal, in both languages: each cause, habit, standing and result has one, and it is good."""

import itertools
import re

import pytest

from bilag.messages import rehearsal
from bilag.messages.rehearsal_causes import CAUSES
from bilag.rehearsal.causes import CauseKind
from bilag.rehearsal.proposals import HABITS, Standing
from tests.support.wording import findings

FACTS = {
    "dimension": "department", "expected": "1", "found": "3", "unit": "2", "account": "3000", "debit": "3910", "credit": "2965",
    "by": "days", "form": "zeros:6", "absent": "journal", "offset": "100000", "fields": "net",
    "documents": "credit_notes", "from_number": "5151", "to_number": "5200",
}  # fmt: skip
VALUES = {
    "accrual": ("off", "3910/2965/months", "2965/3910/days"),
    "texts.voucher": ("{description}", "Moment {number} {customer number} {reference}", "Salg ##"),
    "texts.entry": ("{text}", "{account}", "{kind} {number}"),
    "numbers.voucher": ("0", "100000", "-5000", "100@-92; 500@93-", "0; credit 9000", "7@5-; credit -3@1-4"),
    "rounding.account": ("7745",),
    **dict.fromkeys(("dimensions.project", "dimensions.department", "expenses.billability_dimension"), ("none", "7")),
    **dict.fromkeys(
        ("numbers.customer", "numbers.project", "numbers.department"), ("same", "stripped", "zeros:6", "prefix:K")
    ),
}
QUOTED = r"Moment ‹|Salg ##|‹[^›]*›"


def wrong(text: str, language: str) -> list[str]:
    assert text
    assert not re.search(r"[a-zæøå]\?|\s\s|\s[.,]", text), text
    return list(findings(text, language, allowed=QUOTED))


def test_every_kind_has_its_texts(migrated: None) -> None:
    from bilag.rehearsal.compare import Result
    from bilag.rehearsal.models import Phase

    assert set(CAUSES) == {str(kind) for kind in CauseKind}
    assert set(rehearsal.HABITS) == set(HABITS)
    assert set(rehearsal.STANDINGS) == {str(one) for one in Standing}
    assert set(rehearsal.RESULTS) == {str(one) for one in Result}
    assert set(rehearsal.PHASES) == set(Phase.values)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_causes(language: str) -> None:
    for kind in CauseKind:
        for facts, days in itertools.product(
            (FACTS, {}, {"absent": "moment"}), ({}, {"until": "2026-06-30"}, {"since": "2026-07-01"})
        ):
            if not facts and "[" not in CAUSES[kind][0][0] and "{" in CAUSES[kind][0][0]:
                continue  # a cause has the facts that its sentence needs
            if facts == {"absent": "moment"} and "{absent}" not in CAUSES[kind][0][0]:
                continue
            if kind is CauseKind.VAT_CODE and "found" not in facts:
                continue
            message, remedy = rehearsal.render_cause(kind, facts, language, **days)
            assert wrong(message, language) + wrong(remedy, language) == []


@pytest.mark.parametrize("language", ["en", "nb"])
def test_proposals(language: str) -> None:
    for habit, standing in itertools.product(HABITS, Standing):
        assert wrong(rehearsal.render_habit(habit, language), language) == []
        for value in VALUES.get(habit, ()) if standing is not Standing.UNTOLD else ("",):
            sentence = rehearsal.render_proposal(habit, standing, value, value, [value] if value else [], language)
            assert wrong(sentence, language) == [], (habit, standing)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_figures(language: str) -> None:
    for counts in ({}, {"invoices": 1, "equal": 1}, {"invoices": 12000, "equal": 1, "unexplained": 3}):
        assert wrong(rehearsal.render_headline(counts, language), language) == []
    for fits, exceptions in ((312, []), (308, [5001, 5002, 5003, 5004]), (200, list(range(20)))):
        assert wrong(rehearsal.render_support(fits, 312, exceptions, [], language), language) == []
    for words in (*rehearsal.RESULTS.values(), *rehearsal.PHASES.values()):
        assert wrong(words[language == "nb"], language) == []
