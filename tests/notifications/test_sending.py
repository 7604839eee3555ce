"""How a letter leaves: claimed once, without a transaction, with the headers that mail programs thread and filter by."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from tests.notifications.test_rounds import go_round, make_companies, stop_invoice
from tests.support.mail_server import Mailbox, mail_server
from tests.support.patience import PATIENCE


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


@pytest.fixture
def company(database: None) -> Any:
    return make_companies(1)[0]


def send_all() -> None:
    """Send what waits, as the worker does."""
    from bilag.notifications import email_sender
    from bilag.notifications.models import Letter

    for pk in Letter.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True):
        email_sender.send(pk)


def a_letter(company: Any, **fields: Any) -> Any:
    from bilag.notifications.models import Letter

    return Letter.objects.create(
        company=company, to="kari@kontor.example", subject="x", text="x", html="<p>x</p>", **fields
    )


def resolve(company: Any, **which: Any) -> None:
    company.transfers.filter(**which).update(state="done", problems=[])


def test_the_headers(company: Any, mailbox: Mailbox) -> None:
    stop_invoice(company)
    go_round()
    send_all()
    [letter] = mailbox.letters
    domain = "127.0.0.1"
    assert str(letter["Subject"]) == "Faktura 5307: KID er ugyldig"
    assert str(letter["From"]) == f"Bilag · Firma 1 AS <bilag@{domain}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == f"<firma-1.notifications.{domain}>"
    assert str(letter["Message-ID"]).endswith(f"@{domain}>")
    assert letter["References"] is None
    assert letter["Date"] is not None
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]


def test_reminders_and_the_end_are_in_the_thread_of_their_cause(company: Any, mailbox: Mailbox) -> None:
    from bilag.notifications import sweep
    from bilag.notifications.models import OpenCause

    stop_invoice(company)
    go_round()
    stop_invoice(company, 5308, "customer_missing")
    go_round()
    OpenCause.objects.update(opened_at=datetime.now(UTC) - timedelta(hours=13))
    sweep.send_summaries()
    resolve(company, number="5307")
    go_round()
    resolve(company)
    go_round()
    send_all()
    first, second, reminder, end = mailbox.letters
    roots = {str(first["Message-ID"]), str(second["Message-ID"])}
    assert len(roots) == 2
    for later in (reminder, end):
        assert set(str(later["References"]).split()) == roots
        assert str(later["In-Reply-To"]) in roots
        assert str(later["Message-ID"]) not in roots
    assert str(reminder["Subject"]) == "Påminnelse: 2 saker må følges opp"
    assert str(end["Subject"]) == "Alt er løst: 2 saker"


def test_a_cause_that_comes_back_begins_a_thread_of_its_own(company: Any, mailbox: Mailbox) -> None:
    for _ in range(2):
        row = stop_invoice(company)
        go_round()
        resolve(company)
        go_round()
        row.delete()
    send_all()
    first, end, again, second_end = mailbox.letters
    assert first["Message-ID"] != again["Message-ID"]
    assert str(end["References"]) == str(first["Message-ID"])
    assert str(second_end["References"]) == str(again["Message-ID"])


def test_problems_of_one_minute_are_one_letter(company: Any, mailbox: Mailbox) -> None:
    from bilag.inbox.open_problems import cause_of

    stop_invoice(company, 5307)
    stop_invoice(company, 5308, "customer_missing")
    stop_invoice(company, 5309, "account_inactive", account="3000")
    go_round()
    send_all()
    [letter] = mailbox.letters
    assert str(letter["Subject"]) == "Faktura 5309: Konto 3000 er inaktiv (og 2 saker til)"
    text = mailbox.text(f"{company.pk}@kontor.example")
    html = letter.get_body(("html",))
    assert html is not None
    for number, key in ((5307, "kid_invalid"), (5308, "customer_missing"), (5309, "account_inactive|3000")):
        assert f"Faktura {number}" in text
        address = f"/c/firma-1/attention/{cause_of(f'transfers|{key}')}/"
        assert address in text
        assert address in html.get_content()


def test_nothing_is_held_while_the_mail_server_is_asked(company: Any, mailbox: Mailbox) -> None:
    """Another process can read and change the letter, and nobody waits for a transaction."""
    from django.core.mail import EmailMultiAlternatives
    from django.db import connection

    from bilag.notifications import email_sender
    from bilag.notifications.models import Letter

    letter = a_letter(company)
    inside: list[bool] = []
    deliver = EmailMultiAlternatives.send

    def send(self: Any, *args: Any, **kwargs: Any) -> int:
        inside.append(connection.in_atomic_block)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where relation = 'notifications_letter'::regclass")
            assert cursor.fetchone() == (0,)
        return int(deliver(self, *args, **kwargs))

    with patch.object(EmailMultiAlternatives, "send", send):
        assert email_sender.send(letter.pk) is None
    assert inside == [False]
    assert Letter.objects.get().sent_at is not None


def test_of_many_jobs_one_sends(company: Any, mailbox: Mailbox) -> None:
    from django.db import connection

    from bilag.notifications import email_sender

    letter = a_letter(company)
    start = threading.Barrier(4)

    def job() -> None:
        try:
            start.wait(PATIENCE)
            email_sender.send(letter.pk)
        finally:
            connection.close()

    jobs = [threading.Thread(target=job) for _ in range(4)]
    for one in jobs:
        one.start()
    for one in jobs:
        one.join(PATIENCE)
    assert len(mailbox.letters) == 1


def test_a_letter_whose_job_died_is_sent_by_the_next_with_the_same_id(company: Any, mailbox: Mailbox) -> None:
    from bilag.notifications import email_sender, sweep
    from bilag.notifications.models import Letter

    letter = a_letter(company)
    ids: list[str] = []

    def die(sent: Any) -> None:
        raise KeyboardInterrupt

    with patch.object(email_sender, "_deliver", die), pytest.raises(KeyboardInterrupt):
        email_sender.send(letter.pk)
    email_sender.send(letter.pk)
    assert mailbox.letters == [], "another job has it, as far as anybody knows"
    Letter.objects.update(next_at=datetime.now(UTC) - timedelta(minutes=4))
    sweep.notify_all()
    send_all()
    ids = [str(one["Message-ID"]) for one in mailbox.letters]
    assert ids == [f"<bilag-letter-{letter.pk}@127.0.0.1>"]


def test_a_slow_job_that_fails_after_all_does_not_undo_that_it_was_sent(company: Any, mailbox: Mailbox) -> None:
    """Its claim ended while the mail server was silent, and another job sent the letter."""
    from bilag.notifications import email_sender
    from bilag.notifications.models import Letter

    letter = a_letter(company)
    deliver = email_sender._deliver

    def slow(sent: Any) -> None:
        Letter.objects.update(next_at=datetime.now(UTC) - timedelta(seconds=1))
        with patch.object(email_sender, "_deliver", deliver):
            email_sender.send(sent.pk)
        raise TimeoutError("no answer")

    with patch.object(email_sender, "_deliver", slow):
        assert email_sender.send(letter.pk) is None
    row = Letter.objects.get()
    assert (row.sent_at is not None, row.failures, row.next_at) == (True, 0, None)
    assert len(mailbox.letters) == 1


def test_the_claim_outlasts_a_mail_server_that_says_nothing(settings_of_mail: Any) -> None:
    from bilag.notifications import email_sender

    assert email_sender._claim_length() >= timedelta(seconds=settings_of_mail["EMAIL_TIMEOUT"] * 8)


@pytest.fixture
def settings_of_mail(database: None) -> dict[str, Any]:
    """The settings of a real mail server."""
    from bilag.service.environment import Environment

    return Environment({"EMAIL_URL": "smtp://mail.example:25"}).email
