"""A small HTTP/1.1 client on asyncio: it posts JSON over one kept-alive connection, at next to no cost."""

import asyncio
from types import TracebackType
from urllib.parse import urlsplit

_END = b"\r\n\r\n"


class Connection:
    """One connection to one server, opened when it is needed and again when the server closed it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(self, _kind: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    async def post(self, path: str, body: bytes) -> int:
        """Post the JSON body; return the status. Raises `OSError` or `EOFError` if no answer came."""
        fresh = self._writer is None
        try:
            return await self._exchange(path, body)
        except (OSError, EOFError):
            self.close()
            if fresh:
                raise
        return await self._exchange(path, body)  # the server had closed a connection that was idle

    def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, path: str, body: bytes) -> int:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode("latin-1") + body)
        answer = (await self._reader.readuntil(_END)).decode("latin-1").lower()
        length = answer.partition("content-length:")[2].partition("\r\n")[0].strip()
        if length:
            await self._reader.readexactly(int(length))
        if "connection: close" in answer:
            self.close()
        return int(answer.split(" ", 2)[1])
