"""The command: figures, exit statuses, and how a failure is told."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulation import run as command
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE
from tests.support.service import open_to_the_database


def test_command_runs_seeds_on_a_database_of_its_own_and_gives_its_figures() -> None:
    asked = [sys.executable, "-m", "simulation.run", "--seeds", "2", "--steps", "4", "--json"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["seeds"] == 2
    assert figures["steps"] == 4
    assert figures["failed"] == []
    assert set(figures) >= {"requests", "vouchers", "kills", "faults", "seconds"}


def test_run_that_is_ended_leaves_no_server_and_no_folder(tmp_path: Path) -> None:
    open_to_the_database(tmp_path)
    asked = [sys.executable, "-m", "simulation.run", "--seeds", "1000", "--steps", "4"]
    with subprocess.Popen(
        asked, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert "seed 1" in run.stdout.readline()
        run.terminate()
        assert run.wait(PATIENCE) == 128 + signal.SIGTERM
    assert list(tmp_path.glob("bilag-simulation-*")) == []


def test_failure_is_told_with_trace_sentence_and_the_command_that_replays_it(
    migrated: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from simulation import seeds
    from simulation.seeds import Result

    failed = Result(7, 12, ["invoice 5001 has 2 vouchers"], ["0 finalise", "1 work"])
    monkeypatch.setattr(seeds, "run", lambda seed, steps, destination: failed)
    status = command.play(range(7, 8), command.parsed(["--first", "7", "--steps", "12"]))
    told = capsys.readouterr().out
    assert status == 1
    assert "0 finalise\n1 work" in told
    assert "invoice 5001 has 2 vouchers" in told
    assert "make simulate SEED=7 STEPS=12" in told


@pytest.mark.parametrize("asked", [["--seeds", "0"], ["--steps", "-1"], ["--minutes", "0"], ["--seed", "eleven"]])
def test_senseless_wishes_are_refused_with_status_2(asked: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulation.run", *asked], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "1 or more" in done.stderr or "invalid int value" in done.stderr
