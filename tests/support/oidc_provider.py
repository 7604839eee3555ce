"""A small OpenID Connect provider over real HTTP: whoever comes is signed in as the person that it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CLIENT_ID, CLIENT_SECRET = "bilag", "provider-secret-4711"


@dataclass
class Provider:
    """What it says of the person, and what it was asked."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider on a free port, and Bilag configured for it."""
    from django.test import override_settings

    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            if self.path.startswith("/.well-known/openid-configuration"):
                places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
                document = {f"{name}_endpoint": f"{told.url}/{place}" for name, place in places.items()}
                self.answer({"issuer": told.url, "jwks_uri": f"{told.url}/jwks", **document})
            else:
                self.answer(told.person)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            told.asked.append(self.path)
            self.answer({"access_token": "at", "token_type": "Bearer"})

        def answer(self, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    app = {
        "provider_id": "oidc",
        "name": "Entra",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": told.url, "fetch_userinfo": True},
    }
    try:
        with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app]}}):
            yield told
    finally:
        server.shutdown()
        server.server_close()
