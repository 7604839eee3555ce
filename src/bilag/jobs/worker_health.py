"""Whether the worker of this process can work: `/readyz` of `bilag serve` answers with it."""

import time

import structlog

log = structlog.get_logger(__name__)
SILENT_SECONDS = 20.0


class WorkerHealth:
    """The last report of the worker. The worker writes it, threads of the web server read it."""

    def __init__(self) -> None:
        self.stopped()

    def stopped(self) -> None:
        """Forget everything: no worker runs in this process."""
        self._fault: str | None = None
        self._told: tuple[str, str] | None = None
        self._failed_at: float | None = None
        self._passed_at: float | None = None

    def starting(self) -> None:
        """Record that a worker runs in this process, and has not reached the database yet."""
        self._fault = "the worker is starting"

    def passed(self) -> None:
        """Record that the worker has just reached the database in both ways that it uses."""
        self._fault, self._passed_at = None, time.monotonic()
        if self._failed_at is not None:
            log.info("worker.recovered", after_seconds=round(self._passed_at - self._failed_at, 1))
            self._failed_at = self._told = None

    def failed(self, fault: str, why: str = "") -> None:
        """Record that the worker cannot work; it is ready again when it next reports `passed`. `why` is for the log only."""
        self._fault = fault
        if self._failed_at is None:
            self._failed_at = time.monotonic()
        if (fault, why) != self._told:
            self._told = (fault, why)
            log.warning("worker.failed", fault=fault, why=why)

    def problem(self) -> str | None:
        """Return why the worker cannot work; None if it can, or if this process has none."""
        passed_at, fault = self._passed_at, self._fault
        if fault is not None or passed_at is None:
            return fault
        silent = time.monotonic() - passed_at
        return f"the worker has not reached the database for {silent:.0f} seconds" if silent > SILENT_SECONDS else None


health = WorkerHealth()
