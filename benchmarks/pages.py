"""`python -m benchmarks.pages`: how fast pages answer with very many transfers, to one user and to twenty at a time.

    alone       each page, one request after another; also with few transfers, and against the smallest page (/livez)
    together    twenty users for some seconds, each on a connection of its own, going through all pages

`bilag web` serves them; every answer must be 200.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figures import Figures, quantiles, write_json
from benchmarks.http_client import Connection
from benchmarks.service import service, stand_ins, stop_at_signals

FEW = 100
PAGES = {
    "list, newest": "transfers/",
    "list, of one kind": "transfers/?kind=invoice",
    "list, of one state": "transfers/?state=needs_attention",
    "list, one number": "transfers/?q=98765",
    "list, words of a name": "transfers/?q=Nordlys+51234",
    "list, a word of all names": "transfers/?q=Nordlys",
    "list, a customer's": "transfers/?q=10123",
    "list, largest amount": "transfers/?sort=total",
    "list, last done": "transfers/?sort=done",
    "overview": "",
    "log": "log/",
    "log, only what went wrong": "log/?sort=bad",
}
SMALLEST = "smallest page, /livez"


def main(arguments: Sequence[str] | None = None) -> list[Figures]:
    """Run the benchmark, print its tables, and give the figures: one of each page, and one of all users together."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    rounds = run(given)
    _print(given, rounds)
    write_json(given.json, given, rounds)
    return rounds


def run(given: argparse.Namespace) -> list[Figures]:
    """Measure."""
    with ExitStack() as stack:
        bilag = stack.enter_context(service(stack.enter_context(stand_ins(1)), workers=0))
        [company] = bilag.companies
        cookie = f"Cookie: {bilag.do('sign_in', company['id'])}\r\n"
        paths = {SMALLEST: "/livez", **{name: f"/c/fjell-1/{path}" for name, path in PAGES.items()}}
        bilag.do("fill", [company["id"], 1, FEW])
        few = asyncio.run(_alone(bilag.address, cookie, paths, given.times))
        bilag.do("fill", [company["id"], FEW + 1, given.rows])
        many = asyncio.run(_alone(bilag.address, cookie, paths, given.times))
        together = asyncio.run(_together(bilag.address, cookie, list(paths.values())[1:], given))
    return [
        *(
            {"name": name, "p50_ms": many[name][0], "p99_ms": many[name][1], "few_p50_ms": few[name][0]}
            for name in paths
        ),
        together,
    ]


async def _alone(address: str, cookie: str, paths: dict[str, str], times: int) -> dict[str, tuple[float, float]]:
    """Return the median and the 99th percentile of each page, in milliseconds."""
    async with Connection(address, headers=cookie) as user:
        return {name: quantiles([await _timed(user, path) for _ in range(times)]) for name, path in paths.items()}


async def _timed(user: Connection, path: str) -> float:
    began = time.perf_counter()
    status = await user.get(path)
    if status != 200:
        raise SystemExit(f"{path} answered {status}")
    return (time.perf_counter() - began) * 1000


async def _together(address: str, cookie: str, paths: list[str], given: argparse.Namespace) -> Figures:
    """Have all users ask for pages until the time is over, each beginning at another page."""
    taken: list[float] = []
    began = time.perf_counter()

    async def user(place: int) -> None:
        async with Connection(address, headers=cookie) as connection:
            while time.perf_counter() < began + given.seconds:
                taken.append(await _timed(connection, paths[place % len(paths)]))
                place += 1

    await asyncio.gather(*(user(place) for place in range(given.users)))
    seconds, ordered = time.perf_counter() - began, sorted(taken)
    p50, p99 = quantiles(ordered)
    p95 = ordered[int(len(ordered) * 0.95)]
    return {"name": "together", "per_second": len(taken) / seconds, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}


def _print(given: argparse.Namespace, rounds: list[Figures]) -> None:
    *pages, together = rounds
    smallest = pages[0]["p50_ms"]
    print(f"{'with ' + str(given.rows) + ' transfers':<28}{'p50 ms':>10}{'of ' + str(FEW):>10}{'of /livez':>10}")
    for page in pages:
        p50 = page["p50_ms"]
        print(f"{page['name']:<28}{p50:>10.1f}{p50 / page['few_p50_ms']:>10.2f}{p50 / smallest:>10.1f}")
    print(
        f"{given.users} users: {together['per_second']:.0f} pages a second, p50 {together['p50_ms']:.0f} ms, "
        f"p95 {together['p95_ms']:.0f} ms"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000, help="transfers")
    parser.add_argument("--times", type=int, default=30, help="requests of each page")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    main()
