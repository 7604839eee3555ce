"""`python -m tools.mutants [PATH]`: run every mutant of the code below PATH, and list the unexplained survivors.

Exit status: 0 if every mutant is killed or explained, 1 if not, 2 if the tests fail without a mutant.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tools.mutants.explanations import Explanations
from tools.mutants.mutations import Mutant, mutants_of
from tools.mutants.suites import ROOT, SUITES, Suite

FOLDER = ROOT / ".mutants"
MODULE = "module"
"""Stands for the function of a change that takes effect when the file is executed again."""
KILLED = ("killed", "timeout", "crashed")
PYTEST = ("-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "tools.mutants.plugin")


class TestsFail(Exception):
    """Tests fail without any mutant."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument(
        "path", nargs="?", default="", help="a file or folder of src/bilag to mutate; all of the suites without it"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep-map", action="store_true", help="do not find out again which test executes which line")
    parser.add_argument(
        "--sample", type=int, default=0, help="only so many of each suite's, chosen at random, the same each time"
    )
    parser.add_argument("--survivors", action="store_true", help="only those that survived the last time")
    options = parser.parse_args()
    unexplained = 0
    try:
        for suite in SUITES:
            files = suite.files(options.path)
            if files:
                run = Run(suite, files, options.processes, options.keep_map, options.sample)
                unexplained += run.report(run.results(only_survivors=options.survivors))
    except TestsFail as error:
        print(error)
        return 2
    return 1 if unexplained else 0


class Run:
    """The mutants of one suite's files."""

    def __init__(self, suite: Suite, files: Sequence[str], processes: int, keep_map: bool, sample: int) -> None:
        self.suite, self.files, self.processes, self.keep_map = suite, files, processes, keep_map
        self.sources = {file: (ROOT / file).read_text() for file in files}
        self.mutants = [mutant for file in files for mutant in mutants_of(file, self.sources[file])]
        if 0 < sample < len(self.mutants):
            self.mutants = random.Random(0).sample(self.mutants, sample)
        self.folder = FOLDER / suite.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.kept = self.folder / "outcomes.json"
        self.begun = time.monotonic()

    def results(self, *, only_survivors: bool) -> dict[str, str]:
        """Run them, and return the outcome of each by its id."""
        known = self._known()
        self.kept.write_text(json.dumps(known, indent=0))
        ids = {_id(mutant): mutant for mutant in self.mutants}
        outcomes = {one: known[one] for one in ids if only_survivors and known.get(one) in KILLED}
        left = [mutant for one, mutant in ids.items() if one not in outcomes]
        print(f"{self.suite.name}: {len(left)} mutants to run, of {len(ids)} in {len(self.files)} files", flush=True)
        found = self._map()
        left.sort(key=lambda mutant: mutant.is_definition)  # these meet more tests: they come last
        jobs = [_job(mutant, found) for mutant in left]
        outcomes |= self._share(jobs, found)
        self.kept.write_text(json.dumps({**known, **outcomes}, indent=0))
        for file in self.folder.glob("found-*.jsonl"):
            file.unlink()
        return outcomes

    def _known(self) -> dict[str, str]:
        """The outcomes of the last run, and of one that was stopped."""
        known: dict[str, str] = json.loads(self.kept.read_text()) if self.kept.exists() else {}
        for file in self.folder.glob("found-*.jsonl"):
            found = [json.loads(line) for line in file.read_text().splitlines()]
            known |= {one["id"]: one["outcome"] for one in found}
        return known

    def _map(self) -> dict[str, Any]:
        """Which test executes which line. Raises `TestsFail`."""
        if not (self.keep_map and (self.folder / "map.json").exists()):
            files = self.suite.files()
            order = {"task": "map", "files": files, "found": str(self.folder / "map.json")}
            command, environment = self._pytest("map", order), self._environment("map")
            done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                raise TestsFail(done.stdout[-3000:] + done.stderr[-3000:])
        found: dict[str, Any] = json.loads((self.folder / "map.json").read_text())
        failed = [name for name, test in found["tests"].items() if not test["passed"]]
        if failed:
            raise TestsFail("These tests fail without a mutant:\n" + "\n".join(failed))
        seconds = sum(test["seconds"] for test in found["tests"].values())
        print(f"{self.suite.name}: {len(found['tests'])} tests pass in {seconds:.0f} s", flush=True)
        return found

    def _pytest(self, name: str, order: dict[str, Any]) -> list[str]:
        self._order_file(name).write_text(json.dumps(order))
        return [sys.executable, *PYTEST, *self.suite.tests, *(f"--deselect={name}" for name in self.suite.left_out)]

    def _share(self, jobs: list[dict[str, Any]], found: dict[str, Any]) -> dict[str, str]:
        """Let several processes run the jobs, and wait for them."""
        parts = [part for part in (jobs[at :: self.processes] for at in range(self.processes)) if part]
        files = [self.folder / f"found-{at}.jsonl" for at in range(len(parts))]
        for file in files:
            file.unlink(missing_ok=True)
        running = [self._start(at, part, found, file) for at, (part, file) in enumerate(zip(parts, files, strict=True))]
        while any(one.poll() is None for one in running):
            time.sleep(1)
        lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        if len(lines) != len(jobs):
            raise TestsFail(f"{len(jobs) - len(lines)} mutants were not run: see {self.folder}/worker-*.log")
        return {one["id"]: one["outcome"] for one in lines}

    def _start(
        self, at: int, jobs: list[dict[str, Any]], found: dict[str, Any], file: Path
    ) -> "subprocess.Popen[bytes]":
        mutants = self.folder / f"mutants-{at}.jsonl"
        mutants.write_text("".join(json.dumps(job) + "\n" for job in jobs))
        seconds = {name: test["seconds"] for name, test in found["tests"].items()}
        order = {
            "task": "run",
            "mutants": str(mutants),
            "found": str(file),
            "seconds": seconds,
            "database": self.suite.database,
            "most_tests": self.suite.most_tests,
        }
        return self._begin(at, self._pytest(str(at), order))

    def _order_file(self, name: str) -> Path:
        return self.folder / f"order-{name}.json"

    def _environment(self, name: str) -> dict[str, str]:
        return {**os.environ, "BILAG_MUTANTS": str(self._order_file(name)), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}

    def _begin(self, at: int, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self.folder / f"worker-{at}.log").open("wb") as log:
            environment = self._environment(str(at))
            return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)

    def report(self, outcomes: dict[str, str]) -> int:
        """Print what survived without an explanation, and the figures of each file. Returns the number unexplained."""
        explanations = Explanations.load()
        totals: dict[str, Counter[str]] = {file: Counter() for file in self.files}
        unexplained = 0
        for mutant in self.mutants:
            outcome = outcomes[_id(mutant)]
            kind = (
                "killed"
                if outcome in KILLED
                else "explained"
                if explanations.of(mutant.file, mutant.name)
                else "unexplained"
            )
            totals[mutant.file][kind] += 1
            if kind == "unexplained":
                unexplained += 1
                print(f"{mutant.file}:{mutant.line} {mutant.name}")
        for line in explanations.unused(list(self.files)):
            print(f"explains nothing any more: {line}")
        print_table(totals)
        print(f"{self.suite.name}: {time.monotonic() - self.begun:.0f} s")
        return unexplained


def print_table(totals: dict[str, Counter[str]]) -> None:
    """Print killed, explained and unexplained mutants of each file, and of all."""
    print(f"{'':48} mutants  killed  explained  unexplained")
    whole: Counter[str] = Counter()
    for file, counts in totals.items():
        whole += counts
        if counts:
            print(_row(file.removeprefix("src/bilag/"), counts))
    print(_row("all", whole))


def _row(name: str, counts: Counter[str]) -> str:
    number = sum(counts.values())
    share = 100 * counts["killed"] / number if number else 100.0
    return f"{name:48} {number:7} {share:6.1f}% {counts['explained']:10} {counts['unexplained']:12}"


def _job(mutant: Mutant, found: dict[str, Any]) -> dict[str, Any]:
    """The mutant with the tests that execute it: all of the suite, if it takes effect when the file is imported."""
    lines: dict[str, list[str]] = found["lines"].get(mutant.file, {})
    first, last = mutant.lines
    executing = (name for line, names in lines.items() if first <= int(line) <= last for name in names)
    tests = [] if mutant.is_definition else _distinct(executing)
    again = mutant.is_definition or not tests  # a function that no test calls may be called at import
    tests = tests or list(found["tests"])
    return {
        "id": _id(mutant),
        "file": mutant.file,
        "function": MODULE if again else mutant.function,
        "source": mutant.source,
        "tests": tests,
    }


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _id(mutant: Mutant) -> str:
    return f"{mutant.file}|{mutant.name}"


if __name__ == "__main__":
    sys.exit(main())
