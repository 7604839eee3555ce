"""Webhooks as Moment sends them: small, unsigned, once; on request lost, duplicated, delayed or reordered.

Tasks on the server's event loop send them after the commit; no response waits for them. One without a 2xx answer is not
retried, as Moment documents no retry. Unsent webhooks are lost when the server ends.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from bilag_sandbox.common import Clock, Store
from bilag_sandbox.moment import exact
from bilag_sandbox.moment.settings import WEBHOOK_KINDS, WEBHOOK_SETTINGS, Settings

TIMEOUT_SECONDS = 5.0
LOG_LENGTH = 2000
COUNTS = ("delivered", "failed", "lost")


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook to send: where to, and its body."""

    kind: str
    url: str
    body: str


def _no_counts() -> dict[str, dict[str, int]]:
    return {kind: dict.fromkeys(COUNTS, 0) for kind in WEBHOOK_KINDS}


@dataclass(slots=True)
class Webhooks:
    """Sends the webhooks. `start` and `stop` follow the server's life; call all methods on its event loop."""

    settings: Settings
    clock: Clock
    counts: dict[str, dict[str, int]] = field(default_factory=_no_counts)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    _rng: random.Random = field(default_factory=random.Random)
    _held: list[Event] = field(default_factory=list)
    _queues: dict[str, "asyncio.Queue[Event]"] = field(default_factory=dict)
    _workers: list["asyncio.Task[None]"] = field(default_factory=list)
    _delayed: "set[asyncio.Task[None]]" = field(default_factory=set)
    _pending: int = 0

    @classmethod
    def of(cls, store: Store, clock: Clock) -> "Webhooks":
        """Create one with the settings in the store."""
        return cls(Settings(store, WEBHOOK_SETTINGS, "webhook."), clock)

    def start(self) -> None:
        """Start delivering. One task for each kind keeps each kind in order unless reordered."""
        self._rng.seed(self.settings["seed"])
        for kind in WEBHOOK_KINDS:
            self._queues[kind] = asyncio.Queue()
            self._workers.append(asyncio.create_task(self._deliver_all(self._queues[kind])))

    async def stop(self) -> None:
        """Stop delivering."""
        tasks = [*self._workers, *self._delayed]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._workers.clear()

    def change(self, values: Any) -> None:
        """Change addresses or settings; held webhooks are sent, and chance is seeded again. Raises `SettingError`."""
        self.settings.change(values)
        self._rng.seed(self.settings["seed"])
        self.flush()

    def forget(self) -> None:
        """Clear counts and log."""
        self.counts = _no_counts()
        self.log.clear()

    def as_json(self) -> dict[str, Any]:
        """Return what `GET /admin/webhooks` shows."""
        return {**self.settings.values, "counts": self.counts, "waiting": self._pending, "log": list(self.log)}

    def send(self, kind: str, body: dict[str, Any]) -> None:
        """Send to the registered address, if there is one."""
        url = self.settings[kind]
        if url is None:
            return
        if self._rng.random() < self.settings["lost"]:
            self.counts[kind]["lost"] += 1
            self._note(kind, body, {"lost": True})
            return
        for _ in range(self.settings["copies"]):
            self._enqueue(Event(kind, url, exact.dumps(body)))

    def _enqueue(self, event: Event) -> None:
        self._pending += 1
        if not self.settings["shuffle"]:
            self._dispatch(event)
            return
        self._held.append(event)
        if len(self._held) >= self.settings["shuffle"]:
            self.flush()
        elif len(self._held) == 1:
            self._later(float(self.settings["holdSeconds"]), self.flush)

    def flush(self) -> None:
        """Send the held webhooks in random order."""
        held, self._held = self._held, []
        self._rng.shuffle(held)
        for event in held:
            self._dispatch(event)

    def _dispatch(self, event: Event) -> None:
        shortest, longest = float(self.settings["delayFrom"]), float(self.settings["delayTo"])
        delay = self._rng.uniform(shortest, max(shortest, longest))
        if delay > 0:
            self._later(delay, lambda: self._queues[event.kind].put_nowait(event))
        else:
            self._queues[event.kind].put_nowait(event)

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        pause = self.clock.sleep(seconds)

        async def wait() -> None:
            await pause
            do()

        task = asyncio.get_running_loop().create_task(wait())
        self._delayed.add(task)
        task.add_done_callback(self._delayed.discard)

    async def _deliver_all(self, queue: "asyncio.Queue[Event]") -> None:
        event = await queue.get()
        # Creating a client reads the machine's certificates, which takes longer than starting the sandbox: do it when needed.
        async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client:
            while True:
                try:
                    await self._deliver(client, event)
                finally:
                    self._pending -= 1
                event = await queue.get()

    async def _deliver(self, client: httpx2.AsyncClient, event: Event) -> None:
        headers = {"Content-Type": "application/json"}
        try:
            answer = await client.post(event.url, content=event.body.encode(), headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            outcome: dict[str, Any] = {"error": type(error).__name__}
            delivered = False
        else:
            outcome = {"status": answer.status_code}
            delivered = answer.is_success
        self.counts[event.kind]["delivered" if delivered else "failed"] += 1
        self._note(event.kind, exact.loads(event.body), outcome)

    def _note(self, kind: str, body: dict[str, Any], outcome: dict[str, Any]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.log.append({"at": at, "kind": kind, "body": body, **outcome})
