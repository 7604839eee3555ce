"""A problem as it is stored, and read back by a later Bilag."""

from bilag.posting.problem import Problem

STORED = {
    "code": "account_inactive",
    "subject": "line 2",
    "facts": {"account": "3000"},
    "said": "Konto 3000 er sperret",
}
PROBLEM = Problem("account_inactive", "line 2", {"account": "3000"}, "Konto 3000 er sperret")


def test_a_problem_is_stored_with_all_that_it_says_and_read_back_the_same() -> None:
    assert PROBLEM.as_json() == STORED
    assert Problem.from_json(STORED) == PROBLEM


def test_a_problem_that_was_stored_with_its_code_only_is_read() -> None:
    for stored in ({"code": "bilag_fault"}, {"code": "bilag_fault", "subject": None, "facts": None, "said": None}):
        assert Problem.from_json(stored) == Problem("bilag_fault", "", {}, None)


def test_facts_are_text_whatever_was_stored() -> None:
    assert Problem.from_json({"code": "total_mismatch", "facts": {"lines": 2}}).facts == {"lines": "2"}


def test_the_same_problem_can_be_of_something_else() -> None:
    moved = PROBLEM.about("setup platform.azets.username")
    assert moved == Problem("account_inactive", "setup platform.azets.username", {"account": "3000"}, PROBLEM.said)
