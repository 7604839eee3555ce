"""Prometheus metrics. Transfers and jobs are counted in the database, so that every process reports the same numbers."""

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bilag.jobs import health
from bilag.transfers.queries import transfers as transfer_queries

REGISTRY = CollectorRegistry()
WEBHOOKS = Counter("bilag_webhooks", "Webhooks received, by kind", ["kind"], registry=REGISTRY)


class TransferCollector(Collector):
    """Count transfers by kind and state, and jobs by status."""

    def collect(self) -> list[GaugeMetricFamily]:
        transfers = GaugeMetricFamily("bilag_transfers", "Transfers by kind and state", labels=["kind", "state"])
        for kind, state, count in transfer_queries.counts_everywhere():
            transfers.add_metric([kind, state], count)
        jobs = GaugeMetricFamily("bilag_jobs", "Jobs in the queue by status", labels=["status"])
        for status, count in health.job_counts():
            jobs.add_metric([status], count)
        return [transfers, jobs]

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # avoids a database query when the collector is registered


REGISTRY.register(TransferCollector())
