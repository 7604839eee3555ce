"""Choose the faults that requests meet, by the seed's random numbers, until switched off."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

CREATES = {"createProjectExpense", "createProjectExtension", "addProjectExpenseAttachment"}
"""Moment creates a new object for each of these requests. No client can guard against a network that duplicates
requests, so these are never duplicated.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault. `works`: how often the request is carried out before the fault is seen.

    `error`: the httpx2 error the client gets. `late`: the work is done later, when the client has given up. `answer`:
    status, body and headers instead of the true ones. `cut`: half of the true answer, then the connection (`broken`) or
    the body (`short`) ends.
    """

    works: int = 0
    error: str | None = None
    late: bool = False
    answer: tuple[int, str, dict[str, str]] | None = None
    cut: str | None = None
    seconds: float = 0.0
    weight: int = 2
    expire: bool = False


HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
PAGE = {"content-type": "text/html"}
JSON = {"content-type": "application/problem+json"}
WORDS = '{{"code": "{0}", "message": "{1}", "details": [], "traceId": "injected"}}'


def _page(status: int, words: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    return status, HTML.format(f"{status} {words}"), PAGE | {name.replace("_", "-"): v for name, v in headers.items()}


def _json(status: int, code: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    return status, WORDS.format(code, "Injected."), JSON | {name.replace("_", "-"): v for name, v in headers.items()}


FAULTS: dict[str, Fault] = {
    "refused": Fault(error="ConnectError"),
    "time-out before the work": Fault(error="ReadTimeout", seconds=30),
    "time-out, the work later": Fault(error="ReadTimeout", seconds=30, late=True, weight=3),
    "time-out after the work": Fault(works=1, error="ReadTimeout", seconds=30, weight=4),
    "slow": Fault(works=1, seconds=25),
    "cut before the work": Fault(error="RemoteProtocolError"),
    "cut after the work": Fault(works=1, error="ReadError", weight=4),
    "cut in the middle of the answer": Fault(works=1, cut="broken", weight=3),
    "half an answer as if whole": Fault(works=1, cut="short"),
    "request delivered twice": Fault(works=2, weight=2),
    "429": Fault(answer=_json(429, "rate_limited")),
    "429 with Retry-After": Fault(answer=_json(429, "rate_limited", retry_after="7")),
    "503": Fault(answer=_page(503, "Service Unavailable")),
    "503 with Retry-After": Fault(answer=_json(503, "hub_unavailable", retry_after="11")),
    "502 of a proxy": Fault(answer=_page(502, "Bad Gateway")),
    "502 of a proxy after the work": Fault(works=1, answer=_page(502, "Bad Gateway"), weight=4),
    "200 page of a proxy": Fault(answer=_page(200, "Sign in"), weight=1),
    "200 page of a proxy after the work": Fault(works=1, answer=_page(200, "Sign in"), weight=1),
    "504 of a proxy after the work": Fault(works=1, answer=_page(504, "Gateway Time-out")),
    "500": Fault(answer=_json(500, "internal_error")),
    "500 after the work": Fault(works=1, answer=_json(500, "internal_error")),
    "expired token": Fault(works=1, expire=True),
    "401 page of a proxy": Fault(answer=_page(401, "Authorization Required"), weight=1),
    "401": Fault(answer=_json(401, "token_invalid"), weight=1),
}
READS = ("get", "list", "find")
"""Prefixes of operations that change nothing. The others meet twice as many faults."""
NAMES = tuple(FAULTS)
WEIGHTS = tuple(FAULTS[name].weight for name in NAMES)


@dataclass
class Adversary:
    """Chooses faults at random. `rate` is the share of requests that meet one."""

    chance: Random
    rate: float
    active: bool = True
    with_tokens: str = "hub"
    """The side whose tokens can expire."""
    counts: Counter[str] = field(default_factory=Counter)
    requests: int = 0

    def fault(self, side: str, operation: str) -> str | None:
        """Return the fault that this request meets, or None."""
        self.requests += 1
        rate = self.rate if operation.startswith(READS) else 2 * self.rate
        if not self.active or self.chance.random() >= rate:
            return None
        name = self.chance.choices(NAMES, WEIGHTS)[0]
        if not self._possible(name, side, operation, self.with_tokens):
            return None
        self.counts[name] += 1
        return name

    @staticmethod
    def _possible(name: str, side: str, operation: str, with_tokens: str = "hub") -> bool:
        if name == "expired token":
            return side == with_tokens and operation != "createToken"
        return name != "request delivered twice" or operation not in CREATES

    def count(self, name: str) -> None:
        """Count an accident other than a request's fault."""
        self.counts[name] += 1
