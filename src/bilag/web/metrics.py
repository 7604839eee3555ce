"""Prometheus metrics: is anything waiting, since when, and why?

Waiting transfers are read from the database, so every process reports the same numbers. Each process counts its own finished
work.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from bilag.jobs import health
from bilag.messages.render import ENTRIES
from bilag.transfers.queries import waiting as queries
from bilag.wire import counters

REGISTRY = CollectorRegistry()
WEBHOOKS = prometheus_client.Counter("bilag_webhooks", "Webhooks received, by kind", ["kind"], registry=REGISTRY)


KNOWN = frozenset(ENTRIES)
OTHER = "other"
"""The label of a code that is not in the catalogue: the number of labels is bounded."""


def of_database() -> list[Metric]:
    """Read the waiting transfers, the queue and the companies. Raises `django.db.Error` while the database is away.

    Settled transfers are not counted: reading millions of them at each scrape costs more than everything else. The workers'
    counters `bilag_tries` and `bilag_transfer_seconds` have the finished tries.
    """
    waiting = list(queries.waiting())
    states = GaugeMetricFamily("bilag_transfers", "Transfers that are not settled", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "bilag_oldest_seconds", "How long the oldest transfer waits, by state and cause", labels=["state", "cause"]
    )
    count: Counter[tuple[str, str]] = Counter()
    age: dict[tuple[str, str], float] = {}
    for one in waiting:
        count[one.kind, one.state] += one.count
        place = (one.state, _cause(one.code))
        age[place] = max(age.get(place, 0.0), one.oldest_seconds)
    _fill(states, count.items())
    _fill(oldest, age.items())
    jobs = GaugeMetricFamily("bilag_jobs", "Jobs in the queue by status", labels=["status"])
    _fill(jobs, (((status,), number) for status, number in health.job_counts()))
    failed = GaugeMetricFamily("bilag_jobs_failed", "Jobs that failed for good, by task", labels=["task"])
    _fill(failed, (((task,), number) for task, number in health.failed_jobs()))
    companies = GaugeMetricFamily(
        "bilag_companies", "Companies by state, and why they are paused", labels=["state", "cause"]
    )
    groups: Counter[tuple[str, str]] = Counter()
    for state, code, number in queries.companies():
        groups[state, _cause(code)] += number
    _fill(companies, groups.items())
    lag = GaugeMetricFamily(
        "bilag_poll_lag_seconds", "Since the oldest poll of a live company", value=queries.poll_lag_seconds()
    )
    workers = GaugeMetricFamily("bilag_workers", "Workers with a heartbeat", value=health.living_workers())
    return [states, oldest, jobs, failed, companies, lag, workers]


def _cause(code: str) -> str:
    return code if not code or code in KNOWN else OTHER


def _fill(family: GaugeMetricFamily, values: Iterable[tuple[tuple[str, ...], float]]) -> None:
    for labels, value in sorted(values):
        family.add_metric(labels, value)


def _of_process() -> list[Metric]:
    """Return what this process has counted."""
    tries = CounterMetricFamily(counters.TRIES.name, counters.TRIES.text, labels=counters.TRIES.labels)
    for labels, number in sorted(counters.TRIES.read().items()):
        tries.add_metric(labels, number)
    found: list[Metric] = [tries]
    for one in (counters.REQUESTS, counters.POSTED):
        family = HistogramMetricFamily(one.name, one.text, labels=one.labels)
        for labels, (buckets, total) in sorted(one.read().items()):
            bounds = [*map(floatToGoString, counters.SECONDS), "+Inf"]
            family.add_metric(labels, list(zip(bounds, accumulate(buckets), strict=True)), total)
        found.append(family)
    return found


def render(found: list[Metric] | None, *, is_up: bool = True) -> bytes:
    """Return the metrics for Prometheus: this process's own, and the `found` figures of the database (None if there are none).

    `is_up`: whether the database answers.
    """
    up = GaugeMetricFamily("bilag_database_up", "1 while the database answers", value=int(is_up))
    registry = CollectorRegistry()
    registry.register(_Given([up, *_of_process(), *(found or [])]))
    return bytes(generate_latest(REGISTRY) + generate_latest(registry))


class _Given(Collector):
    """Metrics that were computed already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families
