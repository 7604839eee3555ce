"""HTTP to servers on this machine, as patient as all tests are.

A client of httpx2 reads the machine's certificates when it is made, which takes longer than most requests: here nobody does.
"""

from typing import Any

import httpx2

from tests.support.patience import PATIENCE


def client(base_url: str = "", **more: Any) -> httpx2.Client:
    """A client of one's own, with connections that are kept."""
    return httpx2.Client(base_url=base_url, timeout=PATIENCE, trust_env=False, verify=False, **more)


# No connection is kept: a server may have been stopped and started between two requests.
_client = client(limits=httpx2.Limits(max_keepalive_connections=0))
request, get, post, put, delete = _client.request, _client.get, _client.post, _client.put, _client.delete
