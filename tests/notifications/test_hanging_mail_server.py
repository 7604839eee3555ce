"""A mail server that takes the connection and then says nothing: letters wait, invoices do not."""

from collections.abc import Iterator

import pytest

from tests.support.mail_server import Mailbox, mail_server
from tests.support.patience import wait_for
from tests.support.worker import CONCURRENCY, worker
from tests.support.world import World

LETTERS = 20


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    from django.conf import settings
    from django.test import override_settings

    monkeypatch.setattr(settings, "BILAG_TIME_SCALE", 0.05)
    with mail_server() as server, override_settings(EMAIL_TIMEOUT=2):
        yield server


def test_invoices_go_on_and_each_letter_comes_once_when_it_answers_again(world: World, mailbox: Mailbox) -> None:
    from bilag.notifications import tasks
    from bilag.notifications.models import Letter
    from bilag.transfers.models import Transfer

    mailbox.hangs = True
    for number in range(LETTERS):
        letter = Letter.objects.create(
            company_id=world.company_id, to=f"{number}@fjell.example", subject="x", text="x", html="x"
        )
        tasks.send.defer(letter_id=letter.pk)  # in front of every invoice
    made = [world.finalise() for _ in range(10)]
    for invoice in made:
        world.hint(invoice)
    with worker():
        wait_for(lambda: mailbox.held, "a letter that the mail server holds")
        wait_for(lambda: Transfer.objects.filter(kind="invoice", state="done").count() == len(made), "every invoice")
        assert not mailbox.letters
        assert mailbox.most_held <= CONCURRENCY // 4, "letters had more than a quarter of the worker"
        wait_for(lambda: Letter.objects.filter(failures__gt=0).exists(), "a letter that failed")
        mailbox.hangs = False
        wait_for(lambda: not Letter.objects.filter(sent_at=None).exists(), "every letter")
    assert sorted(str(letter["To"]) for letter in mailbox.letters) == sorted(
        f"{number}@fjell.example" for number in range(LETTERS)
    )
