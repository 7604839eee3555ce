"""Error answers of PowerOffice Go: problem details from the API, and other JSON from the gateway before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOT_FOUND = "Object(s) not found"
BAD_CAST = "Unable to cast object(s)"


@dataclass(slots=True)
class Refusal(Exception):
    """An error answer. With `gateway` the body is that, instead of problem details; None with `bare` is no body at all."""

    status: int
    title: str = ""
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    gateway: Mapping[str, Any] | None = None
    bare: bool = False

    def as_json(self, *, capitals: bool) -> Mapping[str, Any]:
        """Return the body: members in small letters, as the published examples have them, or in capitals as its schema has
        them.
        """
        if self.gateway is not None:
            return self.gateway
        body = {"title": self.title, "status": self.status, "detail": self.detail}
        return {name.capitalize(): value for name, value in body.items()} if capitals else body


def bad_request(title: str, detail: str) -> Refusal:
    """Build a 400."""
    return Refusal(400, title, detail)


def not_found(detail: str) -> Refusal:
    """Build a 404."""
    return Refusal(404, NOT_FOUND, detail)


def throttled(seconds: int) -> Refusal:
    """Build the gateway's 429."""
    message = f"Rate limit is exceeded. Try again in {seconds} seconds."
    return Refusal(429, headers={"Retry-After": str(seconds)}, gateway={"statusCode": 429, "message": message})


class Faults:
    """Collects the faults of one body, so that all are reported at once."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._sentences: list[str] = []
        self._missing: list[str] = []

    def add(self, sentence: str) -> None:
        """Add a fault."""
        self._sentences.append(sentence)

    def missing(self, sentence: str) -> None:
        """Add an object that is not found: the answer is 404 if there is nothing else."""
        self._missing.append(sentence)

    def __len__(self) -> int:
        return len(self._sentences) + len(self._missing)

    def refuse(self) -> None:
        """Raise `Refusal` if there are faults."""
        if self._sentences:
            raise Refusal(400, self.title, " ".join(dict.fromkeys(self._sentences + self._missing)))
        if self._missing:
            raise Refusal(404, self.title, " ".join(dict.fromkeys(self._missing)))
