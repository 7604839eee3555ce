"""`python -m benchmarks.pages`: measure how fast pages answer with many transfers.

By default each page is requested 30 times through all of Django, with a million transfers; the figure is the median.
Baselines: the smallest page (a redirect) in the same run, and the same pages with 100 transfers.

With `--users 20 --rows 100000`, so many signed-in users read pages at the same time from a real `bilag web`.
"""

import argparse
import statistics
import time
from typing import Any

from benchmarks.page_load import measure_load, print_load
from benchmarks.page_rows import SLUG, fill, home_ready, live_company, signed_in

ROWS = 1_000_000
FEW = 100
TIMES = 30
SECONDS = 20.0
PAGES = {
    "list, newest": "transfers/",
    "list, of one kind": "transfers/?kind=invoice",
    "list, of one state": "transfers/?state=needs_attention",
    "list, one number": "transfers/?q=987654",
    "list, words of a name": "transfers/?q=Nordlys+512345",
    "list, a word of all names": "transfers/?q=Nordlys",
    "list, a customer's": "transfers/?q=10123",
    "list, largest amount": "transfers/?sort=total",
    "list, last done": "transfers/?sort=done",
    "overview": "",
    "log": "log/",
    "log, only what went wrong": "log/?sort=bad",
}


def main() -> None:
    """Run the benchmark and print the table."""
    parser = argparse.ArgumentParser(description="Measure how fast pages answer with many transfers.")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--users", type=int, default=0, help="so many users at the same time; 0: one, without a server")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the users read")
    given = parser.parse_args()
    with home_ready() as home:
        company_id = live_company()
        if given.users:
            fill(company_id, 1, given.rows)
            print_load(measure_load(home, company_id, users=given.users, seconds=given.seconds), given.users)
        else:
            one_user(company_id, given.rows)


def one_user(company_id: int, rows: int) -> None:
    """Print the median of each page, with few transfers and with `rows`."""
    client = signed_in(company_id)
    smallest = median(client, "/accounts/signup/")
    print(f"{'smallest page, a redirect':<32}{smallest:>10.1f} ms            ratio 1.0")
    fill(company_id, 1, FEW)
    few = medians(client)
    began = time.perf_counter()
    fill(company_id, FEW + 1, rows)
    written = time.perf_counter() - began
    for name, milliseconds in medians(client).items():
        print(
            f"{name:<32}{milliseconds:>10.1f} ms   {milliseconds / few[name]:>6.2f} of that with {FEW}"
            f"   ratio {milliseconds / smallest:.1f}"
        )
    print(f"({rows} transfers were written in {written:.0f} s)")


def medians(client: Any) -> dict[str, float]:
    """Return the median milliseconds of each page."""
    return {name: median(client, f"/c/{SLUG}/{path}") for name, path in PAGES.items()}


def median(client: Any, path: str) -> float:
    """Return the median milliseconds of a page."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
