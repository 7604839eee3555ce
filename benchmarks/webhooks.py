"""`python -m benchmarks.webhooks`: how many webhooks a second are taken in, and whether one that was accepted is ever lost.

Sixteen kept-alive connections post hints of different invoices for some seconds, in turns

    bare        to a Starlette endpoint that inserts one row with psycopg, on the same PostgreSQL
    web         to `bilag web`, while nobody works on what comes in
    serve       to `bilag serve`, whose worker transfers the invoices at the same time

and afterwards every accepted hint must be a row, and with a worker every one of these invoices be posted exactly once.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import processes
from benchmarks.figures import Figures, medians, quantiles, write_json
from benchmarks.http_client import Connection
from benchmarks.service import Service, service, stand_ins, stop_at_signals
from benchmarks.verify import exactly_once

ENOUGH_A_SECOND = 4000
"""So many invoices are finalised for each second, more than anybody takes in."""
WORKERS = {"web": 0, "serve": 1}


@dataclass
class Intake:
    """What happened to the hints that were posted: those accepted, by invoice number, and how long each took."""

    seconds: float
    accepted: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0

    def figures(self) -> dict[str, float]:
        """The rate and the times of accepted hints."""
        p50, p99 = quantiles(self.milliseconds)
        return {
            "accepted": len(self.accepted),
            "refused": self.refused,
            "per_second": len(self.accepted) / self.seconds,
            "p50_ms": p50,
            "p99_ms": p99,
        }


def main(arguments: Sequence[str] | None = None) -> list[Figures]:
    """Run the benchmark, print its table, and give the figures of each round."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    rounds = run(given)
    _print(rounds)
    write_json(given.json, given, rounds)
    return rounds


def run(given: argparse.Namespace) -> list[Figures]:
    """Measure each mode of the service against the bare endpoint beside it. Raises `SystemExit` if a hint was lost."""
    rounds: list[Figures] = []
    for mode in given.modes:
        with stand_ins(1) as around, service(around, workers=WORKERS[mode]) as bilag, _bare_endpoint(bilag) as bare:
            for _ in range(given.rounds):
                rounds.append({"name": "bare", **_round_of_bare(bilag, bare, given)})
                rounds.append({"name": f"bilag {mode}", **_round_of_bilag(bilag, given)})
    return rounds


def _round_of_bare(bilag: Service, address: str, given: argparse.Namespace) -> dict[str, float]:
    bilag.query_nothing("truncate bare_hint")
    made = [{"id": number, "number": number} for number in range(1, _most(given))]
    intake = asyncio.run(_post(address, made, given))
    _check(intake, bilag.query("select number from bare_hint"), "bare")
    return intake.figures()


def _round_of_bilag(bilag: Service, given: argparse.Namespace) -> dict[str, float]:
    around, [company] = bilag.stand_ins, bilag.companies
    around.tell("begin")
    made = around.tell("finalise", count=_most(given))
    intake = asyncio.run(_post(company["webhook"], made, given))
    _check(intake, bilag.query("select number from transfers_transfer where kind = 'invoice'"), "Bilag")
    around.tell("withdraw", numbers=sorted({one["number"] for one in made} - set(map(int, intake.accepted))))
    if bilag.workers:
        exactly_once(around.await_transferred(len(intake.accepted)), len(intake.accepted))
    return intake.figures()


def _most(given: argparse.Namespace) -> int:
    return round(given.seconds * given.enough)


async def _post(address: str, invoices: list[dict[str, Any]], given: argparse.Namespace) -> Intake:
    """Post hints over all connections until the time is over."""
    began = time.perf_counter()
    until = began + given.seconds
    hints = iter(invoices)
    intake = Intake(0.0)
    origin, path = "{0.scheme}://{0.netloc}".format(urlsplit(address)), urlsplit(address).path

    async def sender() -> None:
        async with Connection(origin) as connection:
            for invoice in hints:
                number = invoice["number"]
                body = {"event": "created", "invoice": {"id": invoice["id"], "invoiceNumber": number}}
                sent = time.perf_counter()
                if sent > until:
                    return
                status = await connection.post(path, json.dumps(body).encode())
                if status == 202:
                    intake.milliseconds.append((time.perf_counter() - sent) * 1000)
                    intake.accepted.append(str(number))
                else:
                    intake.refused += 1

    await asyncio.gather(*(sender() for _ in range(given.connections)))
    intake.seconds = time.perf_counter() - began
    return intake


def _check(intake: Intake, rows: list[tuple[Any, ...]], name: str) -> None:
    lost = set(intake.accepted) - {row[0] for row in rows}
    if lost or not intake.accepted:
        raise SystemExit(f"{name}: {len(lost)} of {len(intake.accepted)} accepted hints are no rows")


@contextmanager
def _bare_endpoint(bilag: Service) -> Iterator[str]:
    """Run the bare endpoint on the service's PostgreSQL while the context lasts; gives its address."""
    bilag.query_nothing("create table bare_hint (number text primary key, body jsonb, at timestamptz default now())")
    with processes.python("-m", "benchmarks.rivals.bare_intake", str(bilag.socket)) as process:
        yield processes.hear(process)


def _print(rounds: list[Figures]) -> None:
    columns = ("per_second", "p50_ms", "p99_ms", "refused")
    print(f"{'':<20}" + "".join(f"{column:>12}" for column in columns))
    for name in dict.fromkeys(one["name"] for one in rounds):
        found = medians(rounds, name)
        print(f"{name:<20}" + "".join(f"{found[column]:>12.1f}" for column in columns))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.webhooks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0, help="a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--modes", nargs="+", choices=("web", "serve"), default=["web", "serve"])
    parser.add_argument("--enough", type=int, default=ENOUGH_A_SECOND, help="invoices finalised for each second")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    main()
