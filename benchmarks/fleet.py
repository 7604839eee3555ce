"""`python -m benchmarks.fleet`: measure Bilag on the database of a fleet, filled here: a year of ten thousand companies.

Everything is measured twice on one database, with ten thousand transfers and with all of them; what counts is the ratio, and the
goals beside the figures. With `--home` the database is kept: a second run fills nothing, and shows the small figures of the first.

`--waiting` transfers of the last days are not done; each of them has its job.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import fleet_indexes, fleet_rows
from benchmarks.figures import Figures, write_json
from benchmarks.fleet_measure import COMPANY_PAGES, CONSOLE_PAGES, TIMES, Measured, Taken, measure
from benchmarks.fleet_rows import Filled, say
from benchmarks.page_rows import home_ready
from benchmarks.service import stop_at_signals

FEW = 10_000
"""Transfers of the small measurement."""
FEW_WAITING = 100
BYTES_EACH = 4_000
"""Disk that a transfer needs while the database is filled: with its attempt, the indexes, and the log of the server."""
TABLES = ("transfers_transfer", "transfers_attempt", "events_event")
GOALS = {
    **dict.fromkeys([*COMPANY_PAGES, *CONSOLE_PAGES], 200.0),
    "/metrics": 50.0,
}
"""95th percentile in milliseconds (issue 17)."""
MOST_STATEMENTS = 50
SIZES = """
select pg_table_size(oid) - coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0), pg_indexes_size(oid),
    coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0)
from pg_class
where relkind = 'r' and (oid = %s::regclass or oid in (select inhrelid from pg_inherits where inhparent = %s::regclass))
"""
STATE = "fleet.json"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print the table."""
    stop_at_signals()
    given = parser().parse_args(arguments)
    few = min(FEW, given.transfers // 2)
    if given.waiting > given.transfers // 2:
        raise SystemExit("--waiting: at most half of the transfers")
    state = given.home / STATE if given.home else None
    kept = json.loads(state.read_text()) if state and state.exists() else None
    if kept is not None and kept["asked"] != _asked(given):
        raise SystemExit(f"{given.home} was filled with {kept['asked']}")
    if kept is None:
        _check_folder(given)
    with home_ready(given.home) as home, _connection(home) as database:
        if kept is None:
            kept = _fill(database, home, given, few)
            if state:
                state.write_text(json.dumps(kept) + "\n", encoding="utf-8")
        say(f"measuring {given.transfers:,} transfers")
        large = measure(database, home, times=given.times)
    small = Measured({name: Taken(**taken) for name, taken in kept["small"]["times"].items()}, kept["small"]["counts"])
    print_table(given, kept, small, large)
    rounds = [_figures(f"{few} transfers", small), {**_figures("fleet", large), **kept["written"], **kept["bytes"]}]
    pages = (*COMPANY_PAGES, *CONSOLE_PAGES)
    rounds[1]["worst_page_ms"] = max(large.times[name].p95 for name in pages)
    rounds[1]["worst_page_ratio"] = max(large.times[name].p95 / small.times[name].p95 for name in pages)
    write_json(given.json, given, rounds)


def _asked(given: argparse.Namespace) -> dict[str, int]:
    return {name: getattr(given, name) for name in ("companies", "transfers", "months", "waiting")}


def _check_folder(given: argparse.Namespace) -> None:
    """Raise `SystemExit` if the folder is in use, or the disk too small."""
    if given.home and given.home.exists() and any(given.home.iterdir()):
        raise SystemExit(
            f"{given.home} is not empty, and has no {STATE}: an earlier run was interrupted, or it is not a benchmark's"
        )
    parent = given.home.absolute().parent if given.home else Path(tempfile.gettempdir())
    parent.mkdir(parents=True, exist_ok=True)
    need, free = given.transfers * BYTES_EACH / 1e9, shutil.disk_usage(parent).free / 1e9
    if need > free:
        raise SystemExit(
            f"{need:.0f} GB are needed in {parent}, and {free:.0f} GB are free: use another --home, or fewer --transfers"
        )


def _connection(home: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(host=str(home / "postgres"), user="postgres", dbname="postgres", autocommit=True)


def _fill(database: psycopg.Connection[Any], home: Path, given: argparse.Namespace, few: int) -> dict[str, Any]:
    """Fill the database, and measure it when it has few transfers. Returns what a later run wants to know."""
    fleet_rows.first_company(fleet_rows.REAL_INVOICES)
    fleet_rows.more_companies(given.companies)
    [(samples,)] = database.execute("select max(id) from transfers_transfer").fetchall()
    database.execute("delete from procrastinate_jobs")
    rows = fleet_rows.Rows(fleet_rows.places())
    common = {"months": given.months, "samples_until": samples}
    few_waiting = min(FEW_WAITING, given.waiting, few // 20)
    with fleet_rows.careless(database):
        fleet_rows.fill(database, rows, count=few, unsettled=few_waiting, **common)
    database.execute("vacuum (analyze)")
    say(f"measuring {few:,} transfers")
    small = measure(database, home, times=given.times)
    with fleet_rows.careless(database):
        dropped = fleet_indexes.drop(database, TABLES)
        filled = fleet_rows.fill(
            database, rows, count=given.transfers - few, unsettled=given.waiting - few_waiting, **common
        )
        seconds = fleet_indexes.make_again(database, dropped)
        began = time.monotonic()
        database.execute("vacuum (analyze)")
        say(f"vacuum: {time.monotonic() - began:.1f} s")
    return {
        "asked": _asked(given),
        "small": asdict(small),
        "written": _written(filled, seconds),
        "bytes": _bytes(database),
    }


def _written(filled: Filled, index_seconds: float) -> dict[str, float]:
    seconds = filled.copy_seconds + filled.attempt_seconds + index_seconds
    return {
        "transfers_copied_per_second": filled.transfers / filled.copy_seconds,
        "attempts_inserted_per_second": filled.attempts / filled.attempt_seconds,
        "index_seconds": index_seconds,
        "filled_per_second": filled.transfers / seconds,
        "fill_seconds": seconds,
    }


def _bytes(database: psycopg.Connection[Any]) -> dict[str, float]:
    """Bytes for each row of the large tables: of the table, its indexes, and what is stored beside it."""
    found: dict[str, float] = {}
    for table in TABLES:
        [(rows,)] = database.execute(f"select count(*) from {table}").fetchall()
        parts = [sum(column) for column in zip(*database.execute(SIZES, [table, table]).fetchall(), strict=True)]
        found |= {
            f"{table} {part}": float(size) / max(1, rows)
            for part, size in zip(("table", "indexes", "toast"), parts, strict=True)
        }
    return found


def _figures(name: str, measured: Measured) -> Figures:
    times = {f"{what} {part}": value for what, taken in measured.times.items() for part, value in asdict(taken).items()}
    return {"name": name, **times, **measured.counts}


def print_table(given: argparse.Namespace, kept: dict[str, Any], small: Measured, large: Measured) -> None:
    """Print what was written, and each figure beside its goal."""
    written, sizes = kept["written"], kept["bytes"]
    print(
        f"{given.transfers:,} transfers of {given.companies:,} companies in {given.months} months, {given.waiting:,} waiting: "
        f"{written['filled_per_second']:,.0f} a second with their attempts and indexes "
        f"(transfers {written['transfers_copied_per_second']:,.0f}, attempts {written['attempts_inserted_per_second']:,.0f}, "
        f"indexes {written['index_seconds']:.0f} s)"
    )
    for table in TABLES:
        parts = [sizes[f"{table} {part}"] for part in ("table", "indexes", "toast")]
        print(
            f"{table:<24}{sum(parts):>8.0f} bytes each: table {parts[0]:.0f}, indexes {parts[1]:.0f}, beside it {parts[2]:.0f}"
        )
    print(f"\n{'milliseconds':<54}{'p50':>10}{'p95':>10}{'first':>10}{'ratio':>8}   goal")
    for name, taken in large.times.items():
        before = small.times[name].p50
        ratio = f"{taken.p50 / before:.2f}" if before else "-"  # nobody waited at all
        print(f"{name:<54}{taken.p50:>10.1f}{taken.p95:>10.1f}{taken.first:>10.1f}{ratio:>8}   {_judged(name, taken)}")
    for name, number in large.counts.items():
        goal = f"under {MOST_STATEMENTS}: {_word(number < MOST_STATEMENTS)}" if "statements" in name else ""
        print(f"{name:<54}{number:>10.0f}{'':>28}   {goal}")
    print(f"ratio: to the same with {min(FEW, given.transfers // 2):,} transfers")


def _judged(name: str, taken: Taken) -> str:
    goal = GOALS.get(name)
    return f"p95 under {goal:.0f}: {_word(taken.p95 < goal)}" if goal else ""


def _word(met: bool) -> str:
    return "met" if met else "MISSED"


def parser() -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.fleet", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--companies", type=int, default=10_000)
    made.add_argument("--transfers", type=int, default=36_000_000)
    made.add_argument("--months", type=int, default=12, help="that are over; the present one is added")
    made.add_argument("--waiting", type=int, default=3_000, help="transfers that are not done")
    made.add_argument("--times", type=int, default=TIMES, help="each page is read so often")
    made.add_argument("--home", type=Path, help="a folder for the database, which is kept")
    made.add_argument("--json", type=Path, help="a file for the figures")
    return made


if __name__ == "__main__":
    main()
