"""Prometheus metrics. Transfers and jobs are counted in the database, so that every process reports the same numbers."""

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bilag.jobs import health
from bilag.transfers.queries import transfers as transfer_queries

REGISTRY = CollectorRegistry()
WEBHOOKS = Counter("bilag_webhooks", "Webhooks received, by kind", ["kind"], registry=REGISTRY)


def of_database() -> list[GaugeMetricFamily]:
    """Count transfers by kind and state, and jobs by status. Raises `django.db.Error` while the database is away."""
    transfers = GaugeMetricFamily("bilag_transfers", "Transfers by kind and state", labels=["kind", "state"])
    for kind, state, count in transfer_queries.counts_everywhere():
        transfers.add_metric([kind, state], count)
    jobs = GaugeMetricFamily("bilag_jobs", "Jobs in the queue by status", labels=["status"])
    for status, count in health.job_counts():
        jobs.add_metric([status], count)
    return [transfers, jobs]


def render(found: list[GaugeMetricFamily] | None) -> bytes:
    """Return the metrics for Prometheus: those of this process, and what was `found` in the database, None while it is away."""
    up = GaugeMetricFamily("bilag_database_up", "1 while the database answers", value=int(found is not None))
    registry = CollectorRegistry()
    registry.register(_Given([up, *(found or [])]))
    return bytes(generate_latest(REGISTRY) + generate_latest(registry))


class _Given(Collector):
    """Metrics that were computed already."""

    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> list[GaugeMetricFamily]:
        return self._families
