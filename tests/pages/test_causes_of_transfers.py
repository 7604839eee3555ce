"""A cause selects exactly the transfers that it counts, whatever their problems say."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.inbox.open_problems import OpenProblem, find_open_problems
from bilag.notifications.models import OpenCause
from bilag.transfers.models import Transfer
from bilag.transfers.queries.causes import FACTS, LONGEST_KEY, NAMED_IN, causes, of_cause
from bilag.web.transfers_pages.filters import parse_filters
from tests.support.people import People
from tests.support.transfers import store_transfer

CODES = [
    "account_inactive",
    "vat_code_not_allowed_on_account",
    "org_unit_required",
    "posted_differs",
    "amount_unreadable",
    "no such code",
]
TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            "3000",
            "3000 ",
            "|",
            "||",
            "\\",
            "\\|",
            "!",
            "\\!",
            "a|b",
            "a\nb",
            "æøå",
            "🧾",
            "x" * 39,
            "x" * 40,
            "x" * 41,
            "%",
            "'",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=90),
)
PROBLEM = st.fixed_dictionaries(
    {"code": st.sampled_from(CODES), "subject": st.just("line 1"), "said": st.none()},
    optional={"facts": st.dictionaries(st.sampled_from([*FACTS, "invoice"]), st.one_of(TEXTS, st.integers(0, 9), st.none()))},
)  # fmt: skip
PROBLEMS = st.one_of(st.lists(PROBLEM, max_size=2), st.just([{"subject": "line 1"}]), st.just([None]))


@pytest.fixture
def ten(people: People) -> list[Transfer]:
    """Ten transfers that need attention."""
    at = {"state": "needs_attention", "hinted_at": timezone.now(), "kind": "invoice"}
    return [store_transfer(people.world.company_id, number=str(number), **at) for number in range(10)]


def test_a_cause_selects_the_transfers_that_it_counts(people: People, ten: list[Transfer]) -> None:
    company_id = people.world.company_id

    @settings(max_examples=60)
    @given(st.lists(PROBLEMS, min_size=len(ten), max_size=len(ten)))
    def holds(given_problems: list[Any]) -> None:
        for row, problems in zip(ten, given_problems, strict=True):
            row.problems = problems
        Transfer.objects.bulk_update(ten, ["problems"])
        found = causes(company_id, 100)
        chosen = [
            set(Transfer.objects.filter(of_cause(one.key), company_id=company_id).values_list("pk", flat=True))
            for one in found
        ]
        assert [len(some) for some in chosen] == [one.count for one in found]
        assert sorted(pk for some in chosen for pk in some) == sorted(row.pk for row in ten)
        assert len({one.key for one in found}) == len(found)
        assert all(len(one.key) <= LONGEST_KEY for one in found)
        assert all(parse_filters({"cause": one.key}).cause == one.key for one in found)
        assert sum(one.count for one in find_open_problems(_setup(company_id))) == len(ten)

    holds()


def _setup(company_id: int) -> Any:
    from bilag.companies import store

    return store.load_setup_without_secrets(company_id)


def test_a_key_that_names_no_cause_selects_nothing(ten: list[Transfer]) -> None:
    Transfer.objects.update(problems=[{"code": "account_inactive", "facts": {"account": "3000"}}])
    for key in (
        "",
        "|",
        "account_inactive",
        "account_inactive|",
        "account_inactive|3000|3",
        "account_inactive|30",
        "\\",
        "no such code",
    ):
        assert not Transfer.objects.filter(of_cause(key)).exists(), key
    assert Transfer.objects.filter(of_cause("account_inactive|3000")).count() == len(ten)


def test_every_code_with_facts_has_keys_that_can_be_stored() -> None:
    for code in {code for some in NAMED_IN.values() for code in some}:
        named = [fact for fact in FACTS if code in NAMED_IN[fact]]
        assert len(code) + len(named) * 81 + len(FACTS) <= LONGEST_KEY, code


def test_problems_of_no_shape_stop_no_page(people: People, ten: list[Transfer], page: Callable[..., str]) -> None:
    for row, problems in zip(ten, ([], [None], [{}], [{"code": "nobody knows"}], [{"code": 5}]), strict=False):
        Transfer.objects.filter(pk=row.pk).update(problems=problems)
    assert "data-row" in page("attention/")
    assert "data-row" in page("")
    for one in find_open_problems(_setup(people.world.company_id)):
        assert isinstance(one, OpenProblem)
        assert "Retry" in page(one.path, who="accountant")


def test_more_causes_than_a_page_has_room_for_are_all_there(
    people: People, page: Callable[..., str], ten: list[Transfer]
) -> None:
    company_id = people.world.company_id
    Transfer.objects.bulk_create(
        Transfer(
            company_id=company_id, source_id=ten[0].source_id, kind="invoice", number=f"9{number}", hinted_at=timezone.now(),
            state="needs_attention", problems=[{"code": "account_inactive", "facts": {"account": str(number)}}],
        )
        for number in range(640)
    )  # fmt: skip
    assert len(find_open_problems(_setup(company_id))) == 641
    first, last = page("attention/"), page("attention/", page="7")
    assert first.count("data-row>") == 100
    assert "1–100 of 641" in first
    assert last.count("data-row>") == 41
    for odd in ("0", "-1", "x", "9" * 40, "1.5", "²"):
        page("attention/", page=odd)


def test_what_is_found_at_night_counts_in_the_navigation(people: People, page: Callable[..., str]) -> None:
    OpenCause.objects.create(
        company_id=people.world.company_id, key="reconciliation|differing|2026-10", problem={"code": "reconciliation_differing"},
        count=2, path="attention/0123456789abcdef/",
    )  # fmt: skip
    html = page("transfers/")
    assert '<span class="pill bad">1</span>' in html
