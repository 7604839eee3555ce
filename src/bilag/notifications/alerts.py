"""Compares what is open with what people were told, and writes the letters that this asks for, in one commit."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.notifications import enqueue
from bilag.notifications.email_text import Kind, written
from bilag.notifications.models import Letter, OpenCause
from bilag.notifications.open_problems import Found, found
from bilag.notifications.recipients import recipients

SUMMARY_OF_AT_LEAST = timedelta(hours=12)
"""What was told at once the evening before need not be told again in the morning after an hour."""


def look(company_id: int) -> list[Letter]:
    """Tell at once of each cause that is new, and when none is left; the letters that were written."""
    setup = store.load_setup(company_id)
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company_id)  # who looked earlier writes earlier
        now_open = {one.key: one for one in found(setup)} if setup.live else {}
        known = {row.key: row for row in OpenCause.objects.filter(company_id=company_id, closed_at=None)}
        fresh = [_opened(company_id, one) for key, one in now_open.items() if key not in known]
        for key, row in known.items():
            if key in now_open:
                _refresh(row, now_open[key])
            else:
                row.closed_at = timezone.now()
                row.save(update_fields=["closed_at"])
        letters = [letter for row in fresh for letter in _letters(setup, Kind.STOPPED, [row])]
        if known and not now_open and setup.live:
            letters += _letters(setup, Kind.WELL, list(known.values()))
    return letters


def summarise(company_id: int) -> list[Letter]:
    """The morning's letter of all that is open since yesterday; none where nothing is."""
    setup = store.load_setup(company_id)
    before = timezone.now() - SUMMARY_OF_AT_LEAST
    with transaction.atomic():
        rows = list(OpenCause.objects.filter(company_id=company_id, closed_at=None).order_by("-count", "id"))
        if not setup.live or not any(row.opened_at < before for row in rows):
            return []
        return _letters(setup, Kind.SUMMARY, rows)


def open_causes(company_id: int, since: datetime | None = None) -> list[OpenCause]:
    """What people were told of and is open yet."""
    rows = OpenCause.objects.filter(company_id=company_id, closed_at=None)
    return list(rows.filter(opened_at__lt=since) if since else rows)


def _opened(company_id: int, one: Found) -> OpenCause:
    return OpenCause.objects.create(
        company_id=company_id,
        key=one.key,
        problem=one.problem.as_json(),
        count=one.count,
        example=one.example[:200],
        path=one.path[:500],
    )


def _refresh(row: OpenCause, one: Found) -> None:
    new = {"count": one.count, "example": one.example[:200], "path": one.path[:500], "problem": one.problem.as_json()}
    if any(getattr(row, name) != value for name, value in new.items()):
        OpenCause.objects.filter(pk=row.pk).update(**new)


def _letters(setup: Setup, kind: Kind, rows: list[OpenCause]) -> list[Letter]:
    """A letter to each who is to be told, and its job."""
    subject, text, html = written(setup, kind, rows)
    letters = Letter.objects.bulk_create(
        Letter(company_id=setup.company_id, to=to, subject=subject, text=text, html=html, next_at=timezone.now())
        for to in recipients(setup)
    )
    for letter in letters:
        enqueue.ask(letter.pk)
    return letters
