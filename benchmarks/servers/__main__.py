"""`python -m benchmarks.servers`: serve Moment and the hub until ended; the address is printed when they answer."""

import argparse
import asyncio
import gc

from benchmarks.servers.control import Servers
from benchmarks.servers.http import serve


async def run(arguments: argparse.Namespace) -> None:
    """Serve until cancelled."""
    servers = Servers(
        arguments.companies, delay=arguments.delay_ms / 1000, requests_per_minute=arguments.requests_per_minute
    )
    listening = await serve(servers.answer, servers.delay_of, port=arguments.port)
    print(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", flush=True)
    gc.freeze()  # what is made so far lives as long as the process
    await servers.send_webhooks()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.servers", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 = any that is free")
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="of each request to the hub")
    parser.add_argument("--requests-per-minute", type=int, help="of each account at the hub; none = no limit")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
