"""What is counted for the operator (Prometheus). Transfers are counted from the database, so that every process tells
the same."""

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bilag.jobs import health
from bilag.transfers.queries import transfers as transfer_queries

REGISTRY = CollectorRegistry()
WEBHOOKS = Counter("bilag_webhooks", "Webhooks taken, by kind", ["kind"], registry=REGISTRY)


class TransferCollector(Collector):
    """Transfers by kind and state, jobs in the queue, companies by standing."""

    def collect(self) -> list[GaugeMetricFamily]:
        transfers = GaugeMetricFamily("bilag_transfers", "Transfers by kind and state", labels=["kind", "state"])
        for kind, state, count in transfer_queries.counts_everywhere():
            transfers.add_metric([kind, state], count)
        jobs = GaugeMetricFamily("bilag_jobs", "Jobs in the queue by status", labels=["status"])
        for status, count in health.job_counts():
            jobs.add_metric([status], count)
        return [transfers, jobs]

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # nothing is asked of the database when this is registered


REGISTRY.register(TransferCollector())
