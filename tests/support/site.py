"""Bilag's own web server and one company."""

from dataclasses import dataclass, field

import httpx2

from tests.support import local_http


@dataclass
class Site:
    """The server, a company, and the secret in its webhook address."""

    url: str
    company_id: int
    token: str
    http: httpx2.Client = field(default_factory=local_http.client)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.http.get(
            self.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def hook(self, body: bytes, *, token: str | None = None, kind: str = "", **headers: str) -> httpx2.Response:
        """What Moment sends."""
        path = f"/hooks/moment/{token or self.token}" + (f"/{kind}" if kind else "")
        return self.http.post(self.url + path, content=body, headers={"Content-Type": "application/json", **headers})
