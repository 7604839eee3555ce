"""Compare the open problems of a company with those that people were notified of, and create the emails in one commit."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.inbox.open_problems import OpenProblem, find_open_problems
from bilag.notifications.email_text import EmailKind, render_email
from bilag.notifications.enqueue import enqueue_send
from bilag.notifications.models import Letter, OpenCause
from bilag.notifications.recipients import recipients

SUMMARY_AFTER = timedelta(hours=12)
"""A problem must have been open for this long before the morning's summary repeats it."""


def notify_new_problems(company_id: int) -> list[Letter]:
    """Create an email for each new problem, and one when the last problem is resolved. Return the emails."""
    setup = store.load_setup(company_id)
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company_id)  # one comparison at a time
        open_now = {one.key: one for one in find_open_problems(setup)} if setup.live else {}
        known = {row.key: row for row in OpenCause.objects.filter(company_id=company_id, closed_at=None)}
        new = [_record_problem(company_id, one) for key, one in open_now.items() if key not in known]
        for key, row in known.items():
            if key in open_now:
                _refresh(row, open_now[key])
            else:
                row.closed_at = timezone.now()
                row.save(update_fields=["closed_at"])
        letters = [letter for row in new for letter in _create_emails(setup, EmailKind.STOPPED, [row])]
        if known and not open_now and setup.live:
            letters += _create_emails(setup, EmailKind.WELL, list(known.values()))
    return letters


def send_summary(company_id: int) -> list[Letter]:
    """Create the morning's summary of everything that is open, if a problem has been open since yesterday."""
    setup = store.load_setup(company_id)
    before = timezone.now() - SUMMARY_AFTER
    with transaction.atomic():
        rows = list(OpenCause.objects.filter(company_id=company_id, closed_at=None).order_by("-count", "id"))
        if not setup.live or not any(row.opened_at < before for row in rows):
            return []
        return _create_emails(setup, EmailKind.SUMMARY, rows)


def _record_problem(company_id: int, one: OpenProblem) -> OpenCause:
    return OpenCause.objects.create(
        company_id=company_id,
        key=one.key,
        problem=one.problem.as_json(),
        count=one.count,
        example=one.example[:200],
        path=one.path[:500],
    )


def _refresh(row: OpenCause, one: OpenProblem) -> None:
    new = {"count": one.count, "example": one.example[:200], "path": one.path[:500], "problem": one.problem.as_json()}
    if any(getattr(row, name) != value for name, value in new.items()):
        OpenCause.objects.filter(pk=row.pk).update(**new)


def _create_emails(setup: Setup, kind: EmailKind, rows: list[OpenCause]) -> list[Letter]:
    """Create an email to each recipient, and enqueue its sending."""
    subject, text, html = render_email(setup, kind, rows)
    letters = Letter.objects.bulk_create(
        Letter(company_id=setup.company_id, to=to, subject=subject, text=text, html=html, next_at=timezone.now())
        for to in recipients(setup)
    )
    for letter in letters:
        enqueue_send(letter.pk)
    return letters
