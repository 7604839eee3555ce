"""`bilag demo` proves the promise and leaves nothing behind, and Ctrl-C stops all that it started."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from bilag.cli.demo.processes import Parts, PortTaken
from bilag_sandbox import moment
from bilag_sandbox.common import running
from tests.support.commands import BILAG, typed
from tests.support.patience import PATIENCE
from tests.support.service import free_port, open_to_the_database

CHOSEN = free_port()


@dataclass
class Demo:
    """A `bilag demo` in a folder of its own, in the foreground of a terminal of its own."""

    folder: Path
    process: "subprocess.Popen[str]"
    said: str = ""

    def read_until(self, words: str) -> None:
        """Wait until it says so; ends with what it said when it ends before."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if words in line:
                return
        raise AssertionError(f"never said {words!r}:\n{self.said}")

    def ctrl_c(self) -> None:
        """What a terminal does on Ctrl-C: the signal goes to all of the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> int:
        """Read on to the end and give the exit status."""
        out, err = self.process.communicate(timeout=PATIENCE)
        self.said += err + out
        return self.process.returncode

    def left_behind(self) -> list[str]:
        """Processes that know the demo's folder: by their command line or their environment."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), *process.environ().values()]
            except psutil.Error:  # ended while we looked, or is not ours
                continue
            if process.pid != os.getpid() and any(str(self.folder / ".bilag-demo") in word for word in words):
                found.append(" ".join(process.cmdline()))
        return found


def begin(folder: Path, *options: str) -> Demo:
    folder.mkdir()
    open_to_the_database(folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILAG_")}
    process = subprocess.Popen(
        [str(BILAG), "demo", *options],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_ctrl_c,  # noqa: PLW1509 - nothing else runs in this process by now
    )
    return Demo(folder, process)


def _heed_ctrl_c() -> None:
    """As in a terminal, also when the tests themselves run in the background of a shell, where SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Demo]]:
    """One that runs through, and one that is started beside it when the first has taken its ports."""
    folder = tmp_path_factory.mktemp("demos")
    once = begin(folder / "once", "--once")
    started = [once]
    try:
        once.read_until("Moment http://")
        started.append(begin(folder / "stopped", "--port", str(CHOSEN)))
        yield once, started[1]
    finally:
        for demo in started:
            demo.process.terminate()
            demo.process.wait(PATIENCE)


@pytest.mark.service
def test_ctrl_c_stops_all_that_the_demo_started(demos: tuple[Demo, Demo]) -> None:
    demo = demos[1]
    demo.read_until("Moment http://")
    assert " is in use. Using " in demo.said  # the other demo has the usual ports of the stand-ins, and both go on
    assert f"Bilag http://127.0.0.1:{CHOSEN} " in demo.said
    running = " ".join(demo.left_behind())
    assert all(part in running for part in ("sandbox moment", "sandbox azets", "cli serve", "bin/postgres"))
    demo.ctrl_c()
    assert demo.end() == 0
    assert "Stopped." in demo.said
    assert "Traceback" not in demo.said
    assert demo.left_behind() == []


@pytest.mark.service
def test_once_ends_well_and_leaves_nothing_behind(demos: tuple[Demo, Demo]) -> None:
    demo = demos[0]
    assert demo.end() == 0, demo.said
    summary = re.search(r"(\d+) invoices finalised; invoices without voucher: 0; trial balance: 0\.00", demo.said)
    assert summary, demo.said
    finalised = int(summary[1])
    assert finalised >= 20
    assert (
        f"{finalised - 1} posted. Median time from finalised to posted: " in demo.said
    )  # one more invoices an expense on
    assert "3 imported, 3 documents, " in demo.said
    assert re.search(r"cost 1000\.00, invoice \d+ 1100\.00", demo.said)
    assert "Every invoice has exactly one voucher with its amount, and is marked as transferred in Moment." in demo.said
    assert "FAULT" not in demo.said
    assert demo.left_behind() == []


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    done = typed(["demo", "--once"], {**os.environ, "BILAG_HOME": str(tmp_path)}, tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path} contains other files" in done.stderr
    assert "set BILAG_HOME to an empty folder" in done.stderr
    assert precious.read_text() == "years of work"


def test_another_program_on_the_port_is_not_taken_for_a_part_of_the_demo(tmp_path: Path) -> None:
    with running(moment.app(sample="none")) as address:
        port = address.rpartition(":")[2]
        environment = {**os.environ, "BILAG_HOME": str(tmp_path / "bilag")}
        with Parts(tmp_path, environment) as parts, pytest.raises(PortTaken, match="choose another port"):
            parts.start(
                *("moment", "sandbox", "moment", "--port", port),
                says=f"answers on {address}.",
                answers=f"{address}/admin/state",
            )


def test_a_chosen_port_that_is_in_use_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with running(moment.app(sample="none")) as address:
        port = address.rpartition(":")[2]
        done = typed(["demo", "--once", "--port", port], {**os.environ, "BILAG_HOME": str(tmp_path / "demo")}, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {port} is in use. Give another one with --port.\n"
    assert list(tmp_path.iterdir()) == [], "nothing was begun"
