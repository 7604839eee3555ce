"""Whether the worker of this process can work: `/readyz` of `bilag serve` answers with it."""

import time

import structlog

log = structlog.get_logger(__name__)
SILENT_SECONDS = 20.0


class WorkerHealth:
    """What the worker last reported. The worker writes it, threads of the web server read it."""

    def __init__(self) -> None:
        self._fault: str | None = "the worker is starting"
        self._failed_at: float | None = None
        self._passed_at = 0.0

    def passed(self) -> None:
        """Record that the worker has just reached the database in both ways that it uses."""
        self._passed_at = time.monotonic()
        self._fault = None
        if self._failed_at is not None:
            log.info("worker.recovered", after_seconds=round(self._passed_at - self._failed_at, 1))
            self._failed_at = None

    def failed(self, fault: str) -> None:
        """Record that the worker stopped working; it is ready again when it next reports `passed`."""
        self._fault = fault
        if self._failed_at is None:
            self._failed_at = time.monotonic()
            log.warning("worker.lost_database", fault=fault)

    def problem(self) -> str | None:
        """Why the worker cannot work; None while it can."""
        silent = time.monotonic() - self._passed_at
        if self._fault is None and silent > SILENT_SECONDS:
            return f"the worker has not reached the database for {silent:.0f} seconds"
        return self._fault


health = WorkerHealth()
