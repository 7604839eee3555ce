"""A fault's specification: which requests it hits, how often, and what happens to them."""

import difflib
import fnmatch
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. `work` is when the work is done unless the fault says otherwise."""

    work: str = "never"
    status: int | None = None
    code: str = ""
    message: str = ""
    html: bool = False


KINDS: dict[str, Kind] = {
    "refused": Kind(),
    "closed_before": Kind(),
    "lost_answer": Kind(work="before"),
    "slow": Kind(work="before"),
    "late": Kind(work="before"),
    "unauthorized": Kind(status=401, code="token_invalid", message="The access token is not known."),
    "unauthorized_html": Kind(status=401, message="Authorization Required", html=True),
    "forbidden": Kind(status=403, code="client_access_denied", message="The user may not reach this client."),
    "rate_limited": Kind(status=429, code="rate_limited", message="Too many requests; try again later."),
    "internal_error": Kind(status=500, code="internal_error", message="Unexpected fault."),
    "bad_gateway": Kind(status=502, message="Bad Gateway", html=True),
    "unavailable": Kind(status=503, message="Service Temporarily Unavailable", html=True),
    "hub_unavailable": Kind(status=503, code="hub_unavailable", message="The hub is down for maintenance."),
    "ledger_unavailable": Kind(status=503, code="ledger_unavailable", message="The accounting system does not answer."),
    "gateway_timeout": Kind(status=504, message="Gateway Time-out", html=True),
    "cut_off": Kind(work="before"),
    "broken_off": Kind(work="before"),
    "wrong_content_type": Kind(work="before"),
    "unknown_fields": Kind(work="before"),
    "answer": Kind(),
    "patch": Kind(work="before"),
}
"""The kinds of faults.

refused: the port is closed for a while. closed_before: the connection is aborted, no work done. lost_answer: the work
is done, then the connection is aborted. slow: the work is done, the answer delayed. late: the work is delayed. cut_off:
half the body, sent as if complete. broken_off: half the body, then the connection closes. unknown_fields: fields and
values that no contract has. The rest replace the true answer or change it.
"""

WORK = ("never", "before", "later")


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class FaultSpecError(ValueError):
    """The fault's specification is invalid; the message says why."""


@dataclass(slots=True)
class Fault:
    """One fault to inject, and how often it has hit."""

    id: int
    kind: str
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    work: str = "never"
    seconds: float = 1.0
    retry_after: str | None = None
    status: int | None = None
    json: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random)

    @classmethod
    def from_json(cls, number: int, spec: Any, operations: Collection[str]) -> "Fault":
        """Parse a fault of a sandbox with these operations. Raises `FaultSpecError`, which names the field."""
        if not isinstance(spec, dict):
            raise FaultSpecError("a fault is a JSON object")
        unknown = sorted(set(spec) - set(_FIELDS))
        if unknown:
            raise FaultSpecError(f"unknown: {', '.join(unknown)}; a fault has {', '.join(_FIELDS)}")
        for name, value in spec.items():
            if not isinstance(value, _FIELDS[name]) or (isinstance(value, bool) and name != "json"):
                raise FaultSpecError(f"{name} has a wrong type")
        values = {("retry_after" if name == "retryAfter" else name): value for name, value in spec.items()}
        if values.get("kind") not in KINDS:
            raise FaultSpecError(f"kind is one of {', '.join(KINDS)}")
        values.setdefault("work", KINDS[values["kind"]].work)
        fault = cls(id=number, **values)
        if fault.work not in WORK:
            raise FaultSpecError(f"work is one of {', '.join(WORK)}")
        if fault.operation is not None and fault.operation not in operations:
            near = difflib.get_close_matches(fault.operation, operations) or sorted(operations)
            raise FaultSpecError(f"there is no operation {fault.operation}; operation is one of {', '.join(near)}")
        for name, least in (("times", 1), ("skip", 0), ("seconds", 0)):
            if (value := getattr(fault, name)) is not None and not value >= least:  # not: NaN
                raise FaultSpecError(f"{name} is at least {least}")
        if fault.method is not None and fault.method.upper() not in METHODS:
            raise FaultSpecError(f"method is one of {', '.join(METHODS)}")
        if fault.path is not None and not fault.path.startswith(("/", "*")):
            raise FaultSpecError("path begins with / or *")
        if fault.status is not None and not 200 <= fault.status <= 599:
            raise FaultSpecError("status is from 200 to 599")
        if not 0 <= fault.probability <= 1:
            raise FaultSpecError("probability is from 0 to 1")
        if fault.kind == "answer" and fault.status is None:
            raise FaultSpecError("kind answer needs a status")
        if fault.kind == "patch" and not isinstance(fault.json, dict):
            raise FaultSpecError("kind patch needs json, an object")
        if fault.retry_after is not None:
            fault.retry_after = str(fault.retry_after)
        fault.chance = random.Random(fault.seed)
        return fault

    def as_json(self) -> dict[str, Any]:
        """Return what `GET /admin/faults` shows."""
        names = ("id", "kind", "operation", "method", "path", "times", "skip", "probability", "seed", "work", "seconds")
        return {name: getattr(self, name) for name in names} | {"retryAfter": self.retry_after, "hits": self.hits}

    def aims_at(self, method: str, path: str, operation: str | None) -> bool:
        """Return whether the fault applies to such requests."""
        return (
            (self.operation is None or self.operation == operation)
            and (self.method is None or self.method.upper() == method)
            and (self.path is None or fnmatch.fnmatchcase(path, self.path))
        )

    def strikes(self) -> bool:
        """Decide whether the fault hits this request, one it applies to; count the hit."""
        if self.times is not None and self.hits >= self.times:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True


_FIELDS: dict[str, Any] = {
    "kind": str,
    "operation": str | None,
    "method": str | None,
    "path": str | None,
    "times": int | None,
    "skip": int,
    "probability": int | float,
    "seed": int,
    "work": str,
    "seconds": int | float,
    "retryAfter": str | int | None,
    "status": int,
    "json": object,
    "text": str,
    "headers": dict,
}
