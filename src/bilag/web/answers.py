"""Answers that are given in front of Django: to webhooks and to probes."""

from starlette.types import Send

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


async def answer(send: Send, status: int, text: bytes, content_type: str, *more: tuple[bytes, bytes]) -> None:
    """Send a short answer with the headers that every answer has, and `more`."""
    headers = [(b"content-length", str(len(text)).encode()), *SECURITY_HEADERS, *more]
    if text:
        headers.append((b"content-type", content_type.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
