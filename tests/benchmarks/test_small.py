"""Each benchmark runs, at a tiny size and against the real parts, so that none rots unseen. No time is asserted.

Most share a service between stand-ins.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import backlog, commands, contenders, expenses, export, latency, reconcile, webhooks
from benchmarks.contenders import Bilag
from benchmarks.figures import Figures, write_json
from benchmarks.service import service, stand_ins
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE
from tests.support.template import fill

INVOICED, EXPORTED, RECONCILED = 2, 2, 3
"""So many companies have invoices transferred; the places of those that are exported and reconciled, without invoices before."""


@pytest.fixture(scope="module")
def bilag() -> Iterator[Bilag]:
    with stand_ins(RECONCILED + 1) as around, service(around, prepare=fill) as running:
        yield Bilag(running)


def of(rounds: list[Figures], name: str) -> Figures:
    """The only round of a contender."""
    [found] = [one for one in rounds if one["name"] == name]
    return found


def parsed(benchmark: argparse.ArgumentParser, *arguments: str) -> argparse.Namespace:
    return benchmark.parse_args(arguments)


@pytest.mark.service
def test_backlog_is_transferred_exactly_once_by_everybody(bilag: Bilag, tmp_path: Path) -> None:
    asked = ("--invoices", "6", "--companies", str(INVOICED), "--rounds", "1", "--rivals", "bare-2", "--statements")
    given = parsed(backlog.parser(), *asked, "--json", str(tmp_path / "figures.json"))
    with contenders.rivals(bilag.service, given) as rivals:
        rounds = backlog.measure(bilag, rivals, given)
    own, bare = of(rounds, "Bilag"), of(rounds, "bare 2")
    assert (own["invoices"], bare["invoices"]) == (6, 6)
    assert min(own["hub_requests"], bare["hub_requests"]) >= 3
    assert own["statements"] > own["statements_in_frames"] > 3
    assert own["refused_429"] == bare["refused_429"] == 0
    write_json(given.json, given, rounds)
    assert json.loads(given.json.read_text())["rounds"] == rounds


@pytest.mark.service
def test_rival_that_ends_is_told_with_its_last_words(bilag: Bilag) -> None:
    given = parsed(backlog.parser(), "--invoices", "2", "--rounds", "1", "--rivals", "bare-1")
    with contenders.rivals(bilag.service, given) as [rival]:
        assert rival.process.stdin is not None
        rival.process.stdin.write("nonsense\n")
        with pytest.raises(RuntimeError, match=r"bare 1 has ended: ValueError"):
            backlog.measure(bilag, [rival], given)


@pytest.mark.service
def test_backlog_of_webhooks_is_transferred_without_a_poll(bilag: Bilag) -> None:
    asked = ("--invoices", "4", "--companies", str(INVOICED), "--rounds", "1", "--rivals", "bare-2", "--webhooks")
    given = parsed(backlog.parser(), *asked)
    with contenders.rivals(bilag.service, given) as rivals:
        rounds = backlog.measure(bilag, rivals, given)
    assert {one["name"]: one["invoices"] for one in rounds} == {"Bilag": 4, "bare 2": 4}
    state = bilag.around.ask("state")
    assert state["webhooks"] == {"202": 4}
    assert state["listed_at"] is None


@pytest.mark.service
def test_latency_is_that_of_invoices_that_webhooks_named(bilag: Bilag) -> None:
    asked = ("--delay-ms", "20", "--per-second", "20", "--seconds", "0.2", "--rivals", "bare-2")
    given = parsed(latency.parser(), *asked)
    with contenders.rivals(bilag.service, given) as rivals:
        rounds = latency.measure(bilag, rivals, given)
    for name in ("Bilag", "bare 2"):
        found = of(rounds, name)
        assert found["invoices"] == 4
        assert found["marked_p50_ms"] >= found["posted_p50_ms"] >= 2 * 20  # the hub is asked twice until it is posted
    bilag.around.tell("delay", ms=0)


@pytest.mark.service
def test_accepted_webhooks_are_rows_and_their_invoices_are_transferred(bilag: Bilag) -> None:
    given = parsed(webhooks.parser(), "--connections", "3", "--seconds", "30", "--enough", "0.4", "--rounds", "1")
    rounds = webhooks.measure(bilag.service, "serve", given)
    assert of(rounds, "bilag serve")["accepted"] == 12
    assert of(rounds, "bare")["accepted"] == 12
    assert {one["refused"] for one in rounds} == {0}


@pytest.mark.service
def test_export_holds_every_posted_invoice(bilag: Bilag) -> None:
    figures = export.measure(bilag.service, EXPORTED, 5)
    assert figures["invoices"] == 5
    assert figures["saft_mb"] > 0 < figures["beancount_mb"]


@pytest.mark.service
def test_reconciliation_matches_every_posted_invoice(bilag: Bilag) -> None:
    figures = reconcile.measure(bilag.service, RECONCILED, 5, rounds=1)
    assert figures["invoices"] == 5
    assert figures["ratio"] > 0


@pytest.mark.service
def test_expenses_are_imported_once(bilag: Bilag) -> None:
    rounds = expenses.measure(bilag.service, parsed(expenses.parser(), "--lines", "7", "--most-lines", "5"))
    assert [(one["name"], one["created"]) for one in rounds] == [
        ("bare loop", 7),
        ("import", 7),
        ("again", 0),
        ("left", 0),
    ]
    assert rounds[-1]["lines"] == 12


@pytest.mark.service
def test_commands_end_well_on_a_database_with_more_transfers(bilag: Bilag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "TIMES", 1)
    commands.fill(bilag.service.environment, 20)
    measured = commands.measure(bilag.service.environment, ["status fjell", "show fjell customer 10001"])
    assert list(measured) == ["", "status fjell", "show fjell customer 10001"]


@pytest.mark.service
@pytest.mark.xdist_group("benchmarks of their own")
def test_pages_answer_two_users() -> None:
    assert "2 users" in run("-m", "benchmarks.pages", "--rows", "300", "--users", "2", "--seconds", "1")


@pytest.mark.service
@pytest.mark.xdist_group("benchmarks of their own")
def test_a_fleet_is_measured_small_and_large_and_again_without_filling(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tmp_path = tmp_path_factory.mktemp("fleet")  # a short path: PostgreSQL's socket is in it
    size = ("--companies", "3", "--transfers", "2000", "--waiting", "60", "--times", "2")
    given = (
        "-m",
        "benchmarks.fleet",
        *size,
        "--home",
        str(tmp_path / "home"),
        "--json",
        str(tmp_path / "figures.json"),
    )
    tmp_path.chmod(0o755)
    assert "under 50: met" in run(*given)
    small, large = json.loads((tmp_path / "figures.json").read_text())["rounds"]
    assert small["name"] == "1000 transfers"
    assert large["500 webhooks, statements"] == small["500 webhooks, statements"]
    assert large["transfers_attempt table"] > 1000 > large["transfers_transfer table"] > 100
    assert large["a month of attempts, rows"] > small["a month of attempts, rows"] > 0
    run(*given)
    assert json.loads((tmp_path / "figures.json").read_text())["rounds"][0] == small
    with pytest.raises(AssertionError, match="was filled with"):
        run(*given, "--companies", "4")


@pytest.mark.parametrize("now", [datetime(2026, 12, 1, 0, 30, tzinfo=UTC), datetime(2027, 2, 28, 22, 0, tzinfo=UTC)])
def test_transfers_of_a_fleet_come_at_the_end_of_months(now: datetime) -> None:
    from benchmarks.fleet_rows import months_of, times

    found = list(times(now, 3, 3000))
    assert len(found) == 3000
    assert found == sorted(found)
    begin, end = months_of(now, 3)[1]
    own = [at for at in found if begin <= at < end]
    assert sum(at >= end - (end - begin) / 10 for at in own) == pytest.approx(0.6 * len(own), rel=0.02)
    assert found[-1] <= now


@pytest.mark.service
@pytest.mark.xdist_group("benchmarks of their own")
def test_year_of_another_integration_is_rehearsed() -> None:
    small = "it.COUNTS, it.SEEDS, it.MISTAKES, it.PLANTED = (20,), range(1, 2), {}, {}"
    done = run("-c", f"import benchmarks.rehearsal as it; {small}; it.main()")
    assert "20 invoices" in done
    assert "seed   1" in done


def run(*arguments: str) -> str:
    """Run Python with a service of its own; gives what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_benchmark_is_run_here() -> None:
    runnable = {file.stem for file in (ROOT / "benchmarks").glob("*.py") if "\n    main()" in file.read_text()}
    measured = {
        "backlog",
        "latency",
        "webhooks",
        "export",
        "reconcile",
        "expenses",
        "commands",
        "pages",
        "rehearsal",
        "fleet",
    }
    assert runnable - {"__main__", "operator_process"} == measured
