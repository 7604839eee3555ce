"""`python -m benchmarks.commands`: the CPU that a command takes, against a bare `import django.db.models, psycopg`.

Each command is run `TIMES` times on a running service with the sample company and 100,000 more transfers, in turns with the
baseline. The figure is the least CPU of process and children, user and system together: other work on the machine makes the
clock run on, and this much less. The last ones are run when the service is stopped: each starts its own database then.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.page_rows import ATTEMPTS, FILL
from benchmarks.service import service, stand_ins, stop_at_signals

TIMES = 5
ROWS = 100_000
NEEDS_ATTENTION = 1
"""The exit status of `bilag status` where something needs attention."""
FIRST_NUMBER = 10_000_000
"""Behind all numbers of the sample."""
BASELINE = (sys.executable, "-c", "import django.db.models, psycopg")
COMMANDS = (
    "--help",
    "company show --help",
    "status fjell",
    "transfers fjell",
    "show fjell customer 10001",
    "company show fjell",
    "company list",
    "token list fjell",
    "user list",
    "expenses list fjell",
    "retry fjell --all",
    "company check fjell",
)
COMMANDS_ALONE = ("status fjell", "transfers fjell")


@dataclass(frozen=True, slots=True)
class Taken:
    """The least CPU and the least wall-clock seconds of a command."""

    cpu: float
    wall: float

    def least(self, other: "Taken") -> "Taken":
        return Taken(min(self.cpu, other.cpu), min(self.wall, other.wall))


def main() -> None:
    """Run the benchmark and print the table."""
    stop_at_signals()
    parser = argparse.ArgumentParser(description="Measure what commands take.")
    parser.add_argument("--rows", type=int, default=ROWS, help="so many transfers beside those of the sample")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bilag-benchmark-"))
    folder.chmod(0o755)
    try:
        with stand_ins(1) as around, service(around, folder=folder) as bilag:
            fill(bilag.environment, given.rows)
            measured = measure(bilag.environment, COMMANDS)
        alone = measure(bilag.environment, COMMANDS_ALONE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    bare = measured.pop("").cpu
    alone.pop("")
    print(f"{'bare import of Django and psycopg':<52}{f'{bare:.2f} s of CPU':>18}{'ratio 1.00':>16}")
    for command, taken in [
        *measured.items(),
        *((f"{command}, service stopped", taken) for command, taken in alone.items()),
    ]:
        print(
            f"{f'bilag {command}':<52}{f'{taken.cpu:.2f} s of CPU':>18}{f'ratio {taken.cpu / bare:.2f}':>16}"
            f"{f'{taken.wall:.2f} s by the clock':>24}"
        )


def fill(environment: Mapping[str, str], rows: int) -> None:
    """Write so many transfers, with one attempt each, straight into the service's database."""
    socket = str(Path(environment["BILAG_HOME"]) / "postgres")
    first, last = FIRST_NUMBER, FIRST_NUMBER + rows - 1
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        found = connection.execute("select id from companies_company where slug = 'fjell'").fetchone()
        assert found is not None
        connection.execute(FILL, [first, last, found[0]])
        connection.execute(ATTEMPTS, [found[0], first, last])
        connection.execute("vacuum analyze transfers_transfer, transfers_attempt")


def measure(environment: Mapping[str, str], commands: Sequence[str]) -> dict[str, Taken]:
    """What each command takes, the baseline under an empty name."""
    lines = {"": BASELINE} | {command: (sys.executable, "-m", "bilag.cli", *command.split()) for command in commands}
    least = dict.fromkeys(lines, Taken(float("inf"), float("inf")))
    for _ in range(TIMES):
        for name, line in lines.items():
            least[name] = least[name].least(run(line, environment))
    return least


def run(line: Sequence[str], environment: Mapping[str, str]) -> Taken:
    """Run a process, which must end well, and may say that transfers need attention; returns what it and its children took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(line, env=environment, check=False, capture_output=True, text=True)
    if done.returncode not in (0, NEEDS_ATTENTION) or "Traceback" in done.stderr:
        raise subprocess.CalledProcessError(done.returncode, line, done.stdout, done.stderr)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall)


if __name__ == "__main__":
    main()
