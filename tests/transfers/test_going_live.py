"""The switch "live": page, API and company file come through one door, and nothing goes live that cannot work."""

from typing import Any

import pytest

from bilag.messages import render_problem
from tests.support.world import World


def going_live() -> Any:
    """The module, which can be named only when Django is set up."""
    from bilag.transfers.activation import switch

    return switch


@pytest.fixture
def off(world: World) -> World:
    """Set up, somebody is told, and not live."""
    from bilag.companies.models import Company

    world.apply(notify={"emails": ["kari@fjell.example"]})
    Company.objects.update(live=False, live_since=None)
    return world


def with_password(world: World, password: str) -> None:
    world.apply(
        platform={"azets": {**platform_of(world), "password": password}}, notify={"emails": ["kari@fjell.example"]}
    )


def platform_of(world: World) -> dict[str, str]:
    from bilag.companies import store

    return {name: value for name, value in store.load_setup(world.company_id).platform.items() if value}


def standing(world: World) -> tuple[bool, str | None]:
    from bilag.companies import store

    setup = store.load_setup(world.company_id)
    return setup.live, setup.paused.code if setup.paused else None


def events(world: World) -> list[tuple[str, str]]:
    from bilag.events.models import Event

    rows = Event.objects.filter(company_id=world.company_id, name__in=("live", "not_live", "paused", "resumed"))
    return list(rows.order_by("id").values_list("name", "origin"))


def test_good_setup_goes_live_from_today_and_says_who_did_it(off: World) -> None:
    from bilag.companies.models import Company, SetupChange

    switched = going_live().activate(off.company_id, origin="kari")
    assert switched.refusal is None
    assert switched.report.ok
    assert standing(off) == (True, None)
    assert Company.objects.get(pk=off.company_id).live_since is not None
    assert events(off) == [("live", "kari")]
    change = SetupChange.objects.filter(field="company.live").latest("id")
    assert (change.origin, change.old, change.new) == ("kari", False, True)


def test_switched_twice_is_told_once(off: World) -> None:
    for _ in range(2):
        going_live().activate(off.company_id, origin="kari")
    for _ in range(2):
        going_live().deactivate(off.company_id, origin="ola")
    assert events(off) == [("live", "kari"), ("not_live", "ola")]


def test_setup_that_does_not_work_is_not_switched_on(off: World) -> None:
    with_password(off, "wrong")
    switched = going_live().activate(off.company_id, origin="kari")
    assert switched.refusal == "check_failed"
    assert standing(off) == (False, None)
    assert events(off) == []


def test_nothing_goes_live_unchecked(off: World) -> None:
    off.hub.fault(kind="unavailable", times=None)
    assert going_live().activate(off.company_id, origin="kari").refusal == "unreachable"
    assert standing(off) == (False, None)


def test_nothing_is_switched_on_of_which_nobody_would_hear(off: World) -> None:
    off.apply(notify={"emails": []})
    assert going_live().activate(off.company_id, origin="kari").refusal == "no_recipients"
    assert standing(off) == (False, None)


def test_company_file_sets_live_and_paused_with_the_reason(off: World) -> None:
    with_password(off, "wrong")
    report = going_live().apply_live_flag(off.company_id, live=True, origin="bilag company apply fjell.toml")
    assert report.misconfigured is not None
    assert "password" in render_problem(report.misconfigured, "en").message
    assert standing(off) == (True, "invalid_credentials")


def test_company_file_goes_live_although_a_system_does_not_answer_just_now(off: World) -> None:
    off.hub.fault(kind="unavailable", times=None)
    going_live().apply_live_flag(off.company_id, live=True, origin="file")
    assert standing(off) == (True, None)


def test_company_file_that_says_not_live_switches_off(off: World) -> None:
    going_live().activate(off.company_id, origin="kari")
    going_live().apply_live_flag(off.company_id, live=False, origin="file")
    assert standing(off) == (False, None)
    assert events(off) == [("live", "kari"), ("not_live", "file")]


def test_saving_pauses_with_the_newest_reason_and_resumes_when_it_works(off: World) -> None:
    going_live().activate(off.company_id, origin="kari")
    right = platform_of(off)["password"]
    with_password(off, "wrong")
    assert going_live().recheck(off.company_id) == "paused"
    assert standing(off) == (True, "invalid_credentials")
    with_password(off, right)
    off.apply(platform={"azets": {**platform_of(off), "source_client_id": "999"}})
    assert going_live().recheck(off.company_id) == "paused"
    assert standing(off) == (True, "client_unknown")
    off.apply(platform={"azets": {**platform_of(off), "source_client_id": "123"}})
    assert going_live().recheck(off.company_id) == "resumed"
    assert standing(off) == (True, None)


def test_saving_while_a_system_is_away_leaves_a_paused_company_paused(off: World) -> None:
    going_live().activate(off.company_id, origin="kari")
    right = platform_of(off)["password"]
    with_password(off, "wrong")
    going_live().recheck(off.company_id)
    with_password(off, right)
    off.hub.fault(kind="unavailable", times=None)
    assert going_live().recheck(off.company_id) is None
    assert standing(off) == (True, "invalid_credentials")


def test_saving_a_company_that_is_not_live_asks_nobody(off: World) -> None:
    off.moment.fault(kind="bad_gateway", times=None)
    assert going_live().recheck(off.company_id) is None
