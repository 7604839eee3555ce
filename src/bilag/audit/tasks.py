"""Procrastinate's entry point of the audit trail. Jobs are enqueued by name; do not import this module."""

from procrastinate.contrib.django import app

from bilag.audit import retention as retention_rules


@app.periodic(cron="30 1 * * 0")
@app.task(name="trail.retention", queueing_lock="trail.retention")
def retention(timestamp: int) -> None:
    """Once a week at night, remove what every company keeps no longer."""
    retention_rules.tidy_all()
