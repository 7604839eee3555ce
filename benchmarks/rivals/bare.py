"""A bare script: it lists what is to be transferred and makes the five calls, in some threads, and stores nothing.

    python -m benchmarks.rivals.bare ADDRESS --threads 8 --companies 1             everything that Moment lists, then ends
    python -m benchmarks.rivals.bare ADDRESS --threads 8 --companies 1 --told      each "PLACE ID" that comes on a line

It says "ready" when its connections are open, and begins with a line from its input.
"""

import argparse
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from benchmarks.rivals.five_calls import Firm


class Script:
    """A pool of threads, each with connections of its own to every company."""

    def __init__(self, address: str, companies: int, threads: int) -> None:
        self._address = address
        self._own = threading.local()
        self._companies = companies
        self._everybody = threading.Barrier(threads)
        self.pool = ThreadPoolExecutor(threads)
        for opened in [self.pool.submit(self._open) for _ in range(threads)]:
            opened.result()

    def _open(self) -> None:
        """Open this thread's connections; each thread of the pool runs it once."""
        self._own.firms = [Firm(self._address, place) for place in range(self._companies)]
        self._everybody.wait()

    def post(self, place: int, invoice_id: int) -> None:
        """Make the five calls for one invoice; runs in a thread of the pool."""
        self._own.firms[place].post(invoice_id)

    def post_listed(self) -> int:
        """Post everything that is listed; gives the count."""
        firms = [Firm(self._address, place) for place in range(self._companies)]
        listed = [(firm.place, invoice_id) for firm in firms for invoice_id in firm.to_transfer()]
        for done in [self.pool.submit(self.post, *one) for one in listed]:
            done.result()
        return len(listed)

    def post_told(self) -> int:
        """Post what the input names, until it ends; gives the count."""
        tasks: list[Future[None]] = []
        for line in sys.stdin:
            place, invoice_id = map(int, line.split())
            tasks.append(self.pool.submit(self.post, place, invoice_id))
        for done in tasks:
            done.result()
        return len(tasks)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals.bare")
    parser.add_argument("address")
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--told", action="store_true")
    arguments = parser.parse_args()
    script = Script(arguments.address, arguments.companies, arguments.threads)
    print("ready", flush=True)
    if arguments.told:
        print(script.post_told())
    else:
        sys.stdin.readline()
        print(script.post_listed())


if __name__ == "__main__":
    main()
