"""Every fault at every point of one scenario: a sample of them here; `make exhaust` runs all, and all pairs."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from simulation import exhaust
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE

if TYPE_CHECKING:
    from simulation.exhaustive.search import Search

SINGLES, PAIRS = 24, 6
"""How many single faults and pairs a test run plays."""
SINGLES_OF_GO, OWN_OF_GO = 4, 3
"""The same by each way to post in PowerOffice Go, and how many of the faults of Go itself."""


@pytest.fixture
def search(database: None) -> Iterator["Search"]:
    from simulation.exhaustive.search import search

    with search() as found:
        yield found


def _holds(search: "Search", plan: dict[int, str]) -> None:
    from simulation.exhaustive.search import command

    outcome = search.run(plan)
    assert not outcome.broken, "\n".join([*outcome.trace, *outcome.broken, f"replay: {command(outcome)}"])


def test_promise_holds_for_a_sample_of_single_faults_and_pairs(search: "Search") -> None:
    chance, singles = Random(15), search.singles()
    for plan in chance.sample(singles, SINGLES):
        _holds(search, plan)
    for _ in range(PAIRS):
        _holds(search, search.random_pair(chance, singles))


@pytest.mark.parametrize("destination", ["poweroffice_go", "poweroffice_go_manual"])
def test_promise_holds_with_poweroffice_go(database: None, destination: str) -> None:
    from simulation.exhaustive.faults import own_faults
    from simulation.exhaustive.search import command, search

    with search(destination=destination) as found:
        singles = found.singles()
        posting = "postOutgoingInvoice" if destination == "poweroffice_go" else "postManualJournal"
        own = [plan for plan in singles if set(plan.values()) & {*own_faults("go", posting)}]
        assert own, "no posting is met by a fault of Go's own"
        for plan in (*Random(20).sample(singles, SINGLES_OF_GO), *own[:OWN_OF_GO]):
            outcome = found.run(plan)
            told = [*outcome.trace, *outcome.broken, f"replay: {command(outcome, destination)}"]
            assert not outcome.broken, "\n".join(told)


def test_process_killed_in_this_one_leaves_what_a_process_killed_with_sigkill_leaves(search: "Search") -> None:
    from simulation.exhaustive.faults import KILLED

    points = search.run({}).points
    written = [point for point in points if point.changes and point.kind == "answered"]
    stored = [point for point in points if point.kind == "committing" and point.what == "transfers.work"]
    for point in (*written[1:4:2], stored[-1]):
        here, there = (search.run({point.number: KILLED}, forked=forked) for forked in (False, True))
        assert here.rows == there.rows
        until = [[(one.kind, one.what) for one in run.points[: point.number]] for run in (here, there)]
        assert until[0] == until[1]
        assert not here.broken + there.broken


def _forgets_the_interrupted(stack: ExitStack) -> None:
    """An attempt of a killed worker is left open."""
    from bilag.transfers.delivery import runner

    stack.enter_context(patch.object(runner, "_close_interrupted", lambda _run: None))


def _asks_no_fence(stack: ExitStack) -> None:
    """A process that was frozen does not ask whether its lease still holds."""
    from bilag.jobs.lease import Lease

    stack.enter_context(patch.object(Lease, "keep", lambda _lease: None))


def _gives_up_after_two(stack: ExitStack) -> None:
    """A transfer that failed twice in a row has to wait for years."""
    from bilag.jobs import backoff

    short = backoff.pause_after

    def pause(failures: int, retry_after: int | None = None) -> timedelta:
        return short(failures, retry_after) if failures == 1 else timedelta(days=3650)

    stack.enter_context(patch.object(backoff, "pause_after", pause))


def _killed_when_stored(search: "Search") -> Iterator[dict[int, str]]:
    points = search.run({}).points
    yield from ({one.number: "killed"} for one in points if (one.kind, one.what) == ("committed", "transfers.work"))


def _frozen_before_an_expense(search: "Search") -> Iterator[dict[int, str]]:
    points = search.run({}).points
    creates = next(one for one in points if one.what.endswith("createProjectExpense"))
    yield {creates.number - 1: "frozen"}


def _fails_twice(search: "Search") -> Iterator[dict[int, str]]:
    first = {_last(search.run({}).points, "getInvoice"): "503"}  # nobody comes after it whose success would wake it
    yield {**first, _last(search.run(first).points, "getInvoice"): "503"}


def _last(points: Sequence[Any], operation: str) -> int:
    return int(max(one.number for one in points if one.kind == "request" and one.what.endswith(operation)))


Plans = Callable[["Search"], Iterator[dict[int, str]]]
PLANTED: dict[str, tuple[Callable[[ExitStack], None], Plans, str]] = {
    "attempts of killed workers are left open": (_forgets_the_interrupted, _killed_when_stored, "has no end"),
    "a frozen process asks no fence": (_asks_no_fence, _frozen_before_an_expense, "in Moment 2 times"),
    "what has failed twice is not tried again": (_gives_up_after_two, _fails_twice, "not at rest"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found(search: "Search", name: str) -> None:
    plant, plans_of, sentence = PLANTED[name]
    plans = list(plans_of(search))
    with ExitStack() as stack:
        plant(stack)
        search.held.clear()  # states of a Bilag without the fault
        found = next((plan for plan in plans if any(sentence in one for one in search.run(plan).broken)), None)
        assert found is not None, f"{len(plans)} cases did not notice that {name}"
        first = dict([min(found.items())])
        assert len(found) == 1 or not search.run(first).broken, "one fault alone had found it"
    _holds(search, found)


def test_pairs_are_counted_and_what_is_left_out_has_a_reason(search: "Search") -> None:
    from simulation.exhaustive.equal import pairs_of

    first = next(one for one in search.run({}).points if one.what.endswith("patchInvoice"))
    singles = [search.run({first.number: fault}) for fault in ("502 of a proxy", "503", "killed")]
    pairs = pairs_of(singles)
    assert pairs.total == len(pairs.plans) + sum(pairs.left_out.values())
    assert {plan[first.number] for plan in pairs.plans} == {"502 of a proxy", "killed"}
    assert all(len(plan) == 2 and min(plan) == first.number for plan in pairs.plans)


def _command(*asked: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "simulation.exhaust", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_command_runs_a_sample_and_gives_its_figures() -> None:
    done = _command("--sample", "2", "--depth", "1", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["sample"]["run"] == 2
    assert figures["failed"] == []


def test_command_replays_a_case_by_its_name(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    name = "9999 hub createBatch: killed"  # such a point is never reached, which is a failure
    assert exhaust.play(exhaust.parsed(["--case", name])) == exhaust.FAILED
    told = capsys.readouterr().out
    assert "moment patchInvoice" in told
    assert 'replay: make exhaust CASE="9999 never reached: killed"' in told


@pytest.mark.parametrize(
    "asked", [["--part", "4/3"], ["--minutes", "0"], ["--case", "7: unheard of"], ["--depth", "3"]]
)
def test_senseless_wishes_are_refused_with_status_2(asked: list[str]) -> None:
    done = _command(*asked)
    assert done.returncode == 2
    assert done.stderr


def test_every_time_that_bilag_stores_is_of_the_runs_clock(search: "Search") -> None:
    """A time of the machine's own clock would make a run depend on the day on which it is played."""
    from bilag.transfers.models import Attempt, Transfer
    from simulation.clock import START

    commits = [one.number for one in search.run({}).points if (one.kind, one.what) == ("committed", "transfers.work")]
    search.run({commits[len(commits) // 2]: "killed"})
    days = {at.date() for at in Attempt.objects.values_list("began_at", flat=True)}
    days |= {at.date() for at in Transfer.objects.values_list("updated_at", flat=True)}
    assert days == {START.date()}
