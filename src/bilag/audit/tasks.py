"""The job: what is too old is removed, once a week at night."""

from procrastinate.contrib.django import app


@app.periodic(cron="30 1 * * 0")
@app.task(name="trail.retention", queueing_lock="trail.retention")
def retention(timestamp: int) -> None:
    """Remove what every company keeps no longer."""
    from bilag.audit import retention as keeping

    keeping.tidy_all()
