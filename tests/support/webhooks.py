"""What Moment sends to Bilag's webhook address, without a web server between them."""

from typing import Any


def send_webhook(address: str, body: Any) -> int:
    """Send a body (bytes, or what becomes JSON) to a webhook address; return the status of the answer."""
    from starlette.testclient import TestClient

    from bilag.web.application import application

    path = address[address.index("/hooks/") :]
    client = TestClient(application())
    answer = client.post(path, content=body) if isinstance(body, bytes) else client.post(path, json=body)
    return int(answer.status_code)
