"""`python -m benchmarks.rivals.bare ADDRESS`: a script that makes the five calls in some threads and stores nothing."""

import argparse
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from benchmarks.rivals.five_calls import Firms


class Script:
    """A pool of threads, each with connections of its own to every company."""

    def __init__(self, address: str, companies: int, threads: int) -> None:
        self._firms = Firms(address)
        self._companies = range(companies)
        self._everybody = threading.Barrier(threads)
        self._pool = ThreadPoolExecutor(threads)
        for opened in [self._pool.submit(self._open) for _ in range(threads)]:
            opened.result()

    def _open(self) -> None:
        """Sign this thread in everywhere; each thread of the pool runs it once."""
        for place in self._companies:
            self._firms.of(place)
        self._everybody.wait()

    def drain(self) -> None:
        """Post everything that is listed."""
        listed = [(place, found) for place in self._companies for found in self._firms.of(place).to_transfer()]
        for done in [self.post(*one) for one in listed]:
            done.result()

    def post(self, place: int, invoice_id: int) -> "Future[None]":
        """Begin to post one invoice."""
        return self._pool.submit(lambda: self._firms.of(place).post(invoice_id))


def main() -> None:
    """Read the arguments, and do what the input says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals.bare", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--threads", type=int, default=8)
    arguments = parser.parse_args()
    script = Script(arguments.address, arguments.companies, arguments.threads)
    print("ready", flush=True)
    begun: list[Future[None]] = []
    for line in sys.stdin:
        if line.strip() == "drain":
            script.drain()
        else:
            place, invoice_id = map(int, line.split())
            begun.append(script.post(place, invoice_id))
    for done in begun:
        done.result()


if __name__ == "__main__":
    main()
