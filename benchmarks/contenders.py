"""Bilag and its rivals as the benchmarks see them: somebody between stand-ins of its own, who is asked to transfer."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any, Protocol

from benchmarks import processes
from benchmarks.service import Service, StandIns, service, stand_ins

CELERY = Path(__file__).parent / "rivals" / "celery_redis.py"
RIVALS = ("bare-1", "bare-8", "celery-16")
"""A kind, and its number of threads."""


class Contender(Protocol):
    """Somebody who transfers what the stand-ins around it have finalised."""

    name: str

    @property
    def around(self) -> StandIns:
        """The stand-ins around it."""

    @property
    def webhooks(self) -> bool:
        """Whether Moment's webhooks reach it; otherwise it is told."""

    def drain(self) -> None:
        """Begin to transfer everything that Moment lists."""

    def tell(self, made: dict[str, Any]) -> None:
        """Begin to transfer one invoice."""


@dataclass
class Bilag:
    """The service: its poll finds a backlog, webhooks bring single invoices."""

    service: Service
    name: str = "Bilag"
    webhooks: bool = True

    @property
    def around(self) -> StandIns:
        """The stand-ins around it."""
        return self.service.stand_ins

    def drain(self) -> None:
        """Ask for a poll."""
        self.service.poll()

    def tell(self, made: dict[str, Any]) -> None:
        """Do nothing: the webhook is on its way."""


@dataclass
class Rival:
    """A program that does what lines of its input say (`benchmarks.rivals`)."""

    name: str
    around: StandIns
    process: "Popen[str]"
    webhooks: bool = False

    def drain(self) -> None:
        """Say so."""
        processes.say(self.process, "drain")

    def tell(self, made: dict[str, Any]) -> None:
        """Say which."""
        processes.say(self.process, f"{made['company']} {made['id']}")


def start(stack: ExitStack, given: argparse.Namespace, **around: Any) -> tuple[Bilag, list[Rival]]:
    """Start Bilag and the rivals that were chosen (`add_arguments`), each between stand-ins made with `around`.

    A rival that cannot be installed here is left out, and the reason is printed.
    """
    bilag = Bilag(
        stack.enter_context(
            service(
                stack.enter_context(stand_ins(given.companies, **around)),
                workers=given.workers,
                concurrency=given.concurrency,
            )
        )
    )
    rivals = []
    for chosen in given.rivals:
        kind, _, threads = chosen.partition("-")
        command: Iterable[str] = (sys.executable, "-m", "benchmarks.rivals.bare")
        more: tuple[str, ...] = ()
        if kind == "celery":
            uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
            if uv is None:
                print(f"{chosen} is left out: there is no uv to install it with")
                continue
            command = (uv, "run", "--quiet", "--script", str(CELERY))
            bilag.service.query_nothing("drop database if exists rival")
            bilag.service.query_nothing("create database rival")
            more = ("--database", f"host={bilag.service.socket} user=postgres dbname=rival")
        side = stack.enter_context(stand_ins(given.companies, **around))
        side.tell("master-data")
        arguments = (side.address, "--companies", str(given.companies), "--threads", threads, *more)
        log = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        process = stack.enter_context(processes.program(*command, *arguments, environment=environment, log=log))
        try:
            processes.hear(process)
        except RuntimeError as ended:
            log.seek(0)
            words = log.read().decode(errors="replace").strip().splitlines() or [str(ended)]
            print(f"{chosen} is left out: {words[-1]}")
            continue
        rivals.append(Rival(f"{kind} {threads}", side, process))
    return bilag, rivals


def add_arguments(parser: argparse.ArgumentParser, *, rivals: tuple[str, ...]) -> None:
    """Add what `start` reads."""
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--concurrency", type=int, help="of each worker; none = Bilag's own default")
    parser.add_argument("--rivals", nargs="*", default=list(rivals), help=f"of {', '.join(RIVALS)}, or other threads")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
