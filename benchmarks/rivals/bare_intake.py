"""`python -m benchmarks.rivals.bare_intake SOCKET`: an endpoint that inserts one row for each webhook, and does nothing else.

Its address is printed when it answers. Starlette, uvicorn and a pool of psycopg, as one would write it in an hour.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bilag.cli.demo.processes import free_port

CONNECTIONS = 8


def application(socket: str) -> Starlette:
    """Make the application; `socket` is the folder of PostgreSQL's socket."""
    pool = AsyncConnectionPool(
        kwargs={"host": socket, "user": "postgres", "dbname": "postgres", "autocommit": True},
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        open=False,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with pool:
            await pool.wait()
            yield

    async def hook(request: Request) -> Response:
        body = await request.json()
        async with pool.connection() as connection:
            await connection.execute(
                "insert into bare_hint (number, body) values (%s, %s) on conflict (number) do update set at = now()",
                [str(body["invoice"]["invoiceNumber"]), Jsonb(body)],
            )
        return Response(status_code=202)

    return Starlette(routes=[Route("/hooks/moment", hook, methods=["POST"])], lifespan=lifespan)


async def run(socket: str) -> None:
    """Serve until ended."""
    port = free_port(0, lambda _: None)
    server = uvicorn.Server(uvicorn.Config(application(socket), host="127.0.0.1", port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            serving.result()
            raise SystemExit("the endpoint did not start")
        await asyncio.sleep(0.01)
    print(f"http://127.0.0.1:{port}/hooks/moment", flush=True)
    await serving


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
