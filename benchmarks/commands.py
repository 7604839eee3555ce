"""`python -m benchmarks.commands`: the CPU that a command takes, against a bare `import django.db.models, psycopg`.

Each command is run `TIMES` times on a running service with the sample company, in turns with the baseline. The figure is the
least CPU of process and children, user and system together: other work on the machine makes the clock run on, and this much
less.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.sandboxes import service

TIMES = 5
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


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="bilag-benchmark-"))
    folder.chmod(0o755)
    try:
        with service(folder / "service") as world:
            measured = measure(world["environment"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    bare = measured.pop("")
    print(f"{'bare import of Django and psycopg':<46}{f'{bare:.2f} s of CPU':>22}{'ratio 1.00':>22}")
    for command, seconds in measured.items():
        print(f"{f'bilag {command}':<46}{f'{seconds:.2f} s of CPU':>22}{f'ratio {seconds / bare:.2f}':>22}")


def measure(environment: dict[str, str]) -> dict[str, float]:
    """Least CPU seconds of each command, the baseline under an empty name."""
    lines = {"": BASELINE}
    lines |= {command: (sys.executable, "-m", "bilag.cli", *command.split()) for command in COMMANDS}
    least = dict.fromkeys(lines, float("inf"))
    for _ in range(TIMES):
        for name, line in lines.items():
            least[name] = min(least[name], cpu(line, environment))
    return least


def cpu(line: Sequence[str], environment: dict[str, str]) -> float:
    """CPU seconds of a process and its children, which must end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(line, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main()
