"""The part that runs inside pytest (`-p tools.mutants.plugin`): finds out which test executes which line, or runs mutants.

`BILAG_MUTANTS` names a JSON file that says what to do, and where to write what was found.
"""

import ctypes
import gc
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from tools.mutants import apply
from tools.mutants.suites import ROOT
from tools.mutants.waiting import wait

ORDER: dict[str, Any] = json.loads(Path(os.environ["BILAG_MUTANTS"]).read_text())
KILLED, SURVIVED = 1, 0
EXAMPLES = 12
PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 20.0
TIMES_AS_LONG = 10.0
"""A mutant that runs for this many times as long as its tests do without it has an endless loop."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let properties try the same few examples each time."""
    few = hypothesis.settings(
        hypothesis.settings.get_profile("bilag"),
        derandomize=True,
        max_examples=EXAMPLES,
        database=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),  # nobody looks for the simplest one that fails
    )
    for item in items:
        test = getattr(item, "obj", None)
        if test is not None and hasattr(test, "_hypothesis_internal_use_settings"):
            test._hypothesis_internal_use_settings = few  # instead of those that the test asks for


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Do what is asked, instead of what pytest would do."""
    if ORDER["task"] == "map":
        _map(session)
    else:
        _Mutants(session).run()
    return True


def _map(session: pytest.Session) -> None:
    """Run every test once, and write down which lines it executes, how long it takes and whether it passes."""
    import coverage

    cover = coverage.Coverage(data_file=None, config_file=False, include=[str(ROOT / one) for one in ORDER["files"]])
    tests = {}
    cover.start()
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        cover.switch_context(item.nodeid)
        begun = time.monotonic()
        passed = _passes(item, following)
        tests[item.nodeid] = {"seconds": round(time.monotonic() - begun, 3), "passed": passed}
    cover.stop()
    data = cover.get_data()
    lines = {
        str(Path(file).relative_to(ROOT)): {
            str(line): [one for one in names if one] for line, names in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    Path(ORDER["found"]).write_text(json.dumps({"tests": tests, "lines": lines}))


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return all(report.outcome != "failed" for report in runtestprotocol(item, log=False, nextitem=following))


class _Mutants:
    """Runs each mutant in a fork of this process, which has imported everything and has opened nothing."""

    def __init__(self, session: pytest.Session) -> None:
        self.items = {item.nodeid: item for item in session.items}
        self.seconds: dict[str, float] = ORDER["seconds"]
        self.kills: Counter[tuple[str, str]] = Counter()
        if ORDER["database"]:
            _warm()
        gc.collect()
        gc.freeze()  # a fork need not copy what nobody changes

    def run(self) -> None:
        mutants = [json.loads(line) for line in Path(ORDER["mutants"]).read_text().splitlines()]
        with Path(ORDER["found"]).open("a") as found:
            for mutant in mutants:
                tests = self._in_order(mutant)
                outcome, killer = self._fork(mutant, tests) if tests else ("no test", "")
                for place in (mutant["function"], mutant["file"]):
                    self.kills[place, killer] += 1
                found.write(json.dumps({"id": mutant["id"], "outcome": outcome, "by": killer}) + "\n")
                found.flush()

    def _in_order(self, mutant: dict[str, Any]) -> list[str]:
        """The tests that execute it: those that killed its neighbours first, and quick ones before slow ones."""

        def worth(name: str) -> float:
            kills = 10 * self.kills[mutant["function"], name] + self.kills[mutant["file"], name]
            return self.seconds[name] / (1 + kills)

        return sorted((name for name in mutant["tests"] if name in self.items), key=worth)[: ORDER["most_tests"]]

    def _fork(self, mutant: dict[str, Any], tests: Sequence[str]) -> tuple[str, str]:
        """Run the tests until one fails. Gives the outcome, and the test that failed."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os._exit(self._in_child(mutant, tests, writer))
        os.close(writer)
        allowed = PATIENCE_SECONDS + TIMES_AS_LONG * sum(self.seconds[name] for name in tests)
        status = wait(child, allowed)
        with os.fdopen(reader, "rb") as pipe:
            killer = tests[len(pipe.read()) - 1]
        if status == SURVIVED:
            return "survived", ""
        return ("killed" if status == KILLED else "timeout" if status is None else "crashed"), killer

    def _in_child(self, mutant: dict[str, Any], tests: Sequence[str], writer: int) -> int:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # nobody waits for it when the worker is gone
        if ORDER["database"]:
            _empty()
        try:
            apply.put_in_place(mutant["file"], mutant["function"], mutant["source"])
        except Exception:  # noqa: BLE001 - the changed file cannot be imported: every test notices
            return KILLED
        others = [*self.items.values()][:2]
        for name, following in zip(tests, [*tests[1:], ""], strict=True):
            os.write(writer, b".")  # one for each test that begins: a pipe holds 65,536
            item = self.items[name]
            # There is always a next one, so that what a run shares is not taken down.
            after = self.items.get(following) or next(one for one in others if one is not item)
            try:
                if not _passes(item, after):
                    return KILLED
            except BaseException:  # noqa: BLE001 - an exit or an interrupt is noticed as well
                return KILLED
        return SURVIVED


def _warm() -> None:
    """Import Bilag, and start the one PostgreSQL of this run; connect to nothing, as a fork would share the connection."""
    import django

    django.setup()
    from tests.support import sandboxes
    from tests.support.zygote import OF_DJANGO, PURE, _import_below

    _import_below((*PURE, *OF_DJANGO))
    sandboxes._filled("drafts", sandboxes.LAST_DAY)


def _empty() -> None:
    from tests.support.database import empty

    empty()
