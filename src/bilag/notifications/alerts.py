"""Compare a company's open problems with those already notified, and create the emails in one transaction."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.inbox.handling import keep_snoozes_true, snoozed_causes
from bilag.inbox.open_problems import OpenProblem, find_open_problems
from bilag.notifications.email_text import EmailKind, render_email
from bilag.notifications.enqueue import enqueue_send
from bilag.notifications.models import LastLook, Letter, OpenCause
from bilag.notifications.recipients import recipients

SUMMARY_AFTER = timedelta(hours=12)
"""A problem must have been open for this long before the morning's summary repeats it."""
MOST_THREADS = 20
"""An email refers to so many earlier ones: a longer header is refused by mail servers."""
SAME_SUMMARY = timedelta(minutes=30)
"""A summary this young is this morning's: a job that was retried creates no second one."""


def notify_new_problems(company_id: int, stamp: str = "") -> list[Letter]:
    """Create one email about all new problems, and one when the last problem is resolved. Return the emails, one per recipient.

    `stamp`: the company's state before comparing (`changes`); the company is skipped while its state is the same.
    """
    setup = store.load_setup_without_secrets(company_id)
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company_id)  # one comparison at a time
        open_now = {one.key: one for one in find_open_problems(setup)} if setup.live else {}
        known = {row.key: row for row in _open_causes(company_id)}
        new = [_record_problem(company_id, one) for key, one in open_now.items() if key not in known]
        for key, row in known.items():
            if key in open_now:
                _refresh(row, open_now[key])
            else:
                row.closed_at = timezone.now()
                row.thread = row.thread if setup.live else ""  # switching the company off does not resolve its problems
                row.save(update_fields=["closed_at", "thread"])
        letters = _create_emails(setup, EmailKind.STOPPED, new) if new else []
        if known and not open_now and setup.live:
            letters += _create_emails(
                setup, EmailKind.WELL, _closed_since_all_was_well(company_id) or list(known.values())
            )
        if setup.live:
            keep_snoozes_true(company_id, open_now.values())
        if stamp:
            look = LastLook(company_id=company_id, stamp=stamp)
            LastLook.objects.bulk_create(
                [look], update_conflicts=True, unique_fields=["company"], update_fields=["stamp"]
            )
    return letters


def send_summary(company_id: int) -> list[Letter]:
    """Create the morning's summary of everything that is open and not snoozed, if a problem has been open since yesterday."""
    setup = store.load_setup_without_secrets(company_id)
    before = timezone.now() - SUMMARY_AFTER
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company_id)
        snoozed = snoozed_causes(setup, find_open_problems(setup))
        rows = [row for row in _open_causes(company_id).order_by("-count", "id") if row.key not in snoozed]
        if not setup.live or not any(row.opened_at < before for row in rows):
            return []
        if _letters_of(company_id, EmailKind.SUMMARY).filter(written_at__gt=timezone.now() - SAME_SUMMARY).exists():
            return []
        return _create_emails(setup, EmailKind.SUMMARY, rows)


def _open_causes(company_id: int) -> models.QuerySet[OpenCause]:
    return OpenCause.objects.filter(company_id=company_id, closed_at=None)


def _letters_of(company_id: int, kind: EmailKind) -> models.QuerySet[Letter]:
    return Letter.objects.filter(company_id=company_id, kind=kind)


def _closed_since_all_was_well(company_id: int) -> list[OpenCause]:
    """Return the causes that were resolved since the last all-clear email, the latest first."""
    last = _letters_of(company_id, EmailKind.WELL).order_by("-id").values_list("written_at", flat=True).first()
    rows = OpenCause.objects.filter(company_id=company_id, closed_at__isnull=False).exclude(thread="")
    if last is not None:
        rows = rows.filter(closed_at__gt=last)
    return list(rows.order_by("-closed_at", "-id"))


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
    """Create an email to each recipient, and enqueue its sending. The first email about a cause begins its thread."""
    email = render_email(setup, kind, rows)
    message_id = ""
    if kind is EmailKind.STOPPED:
        message_id = f"bilag-cause-{rows[0].pk}"
        OpenCause.objects.filter(pk__in=[row.pk for row in rows]).update(thread=message_id)
    letters = Letter.objects.bulk_create(
        Letter(
            company_id=setup.company_id,
            to=to,
            kind=kind,
            sender=setup.name[:200],
            subject=email.subject,
            text=email.text,
            html=email.html,
            message_id=message_id,
            threads=list(dict.fromkeys(row.thread for row in reversed(rows[:MOST_THREADS]) if row.thread)),
            next_at=timezone.now(),
        )
        for to in recipients(setup)
    )
    for letter in letters:
        enqueue_send(letter.pk)
    return letters
