"""Letters: one for each cause, a summary in the morning, all is well; taken, refused, delayed, and sent once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.letters import OFFICE, look
from tests.support.mail_server import Mailbox, mail_server
from tests.support.world import World


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


@pytest.fixture
def company(world: World) -> World:
    """A company that tells its accountant."""
    world.apply(notify={"emails": [OFFICE], "users": ["kari@fjell.example"]})
    return world


def break_account(world: World, *, active: bool = False) -> None:
    world.hub.ask("PUT", "/admin/clients/123/accounts/3000", {"active": active})


def stopped(world: World, count: int = 1) -> list[int]:
    """Invoices that stop because account 3000 is inactive."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    break_account(world)
    platform_for(store.load_setup(world.company_id)).chart(fresh=True)
    numbers = [world.insert_invoice({}) for _ in range(count)]
    for number in numbers:
        world.hint(world.invoices[number])
    world.work()
    assert all(world.transfer(number).state == "needs_attention" for number in numbers)
    return numbers


def test_many_invoices_with_one_cause_are_one_letter_that_says_what_to_do(company: World, mailbox: Mailbox) -> None:
    numbers = stopped(company, 3)
    look(company)
    [letter] = mailbox.to(OFFICE)
    assert len(mailbox.to("kari@fjell.example")) == 1
    text = mailbox.text(OFFICE)
    assert str(letter["Subject"]) == "3 fakturaer: Konto 3000 er inaktiv"
    assert str(letter["From"]).startswith("Bilag · Fjell Arkitekter AS <bilag@")
    assert all(f"Faktura {number} · " in text for number in numbers)
    assert "3 fakturaer · 37\u00a0500,00\u00a0kr til sammen" in text
    assert "Dette gjør du: " in text
    assert "Kan gjøres av: regnskapsføreren" in text
    assert "/c/fjell/attention/" in text
    assert letter.get_body(("html",)) is not None
    look(company)
    stopped(company, 1)
    look(company)
    assert len(mailbox.to(OFFICE)) == 1  # the same cause is told once


def test_the_link_shows_what_waits_for_the_cause(company: World, mailbox: Mailbox) -> None:
    import re

    from django.test import Client

    from bilag.members.models import User

    [number] = stopped(company)
    look(company)
    found = re.search(r"http://127.0.0.1:8000(/c/fjell/attention/\S+)", mailbox.text(OFFICE))
    assert found
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("drift@fjell.example", is_operator=True))
    assert f">{number}</a>" in client.get(found[1]).content.decode()


def test_when_it_is_mended_all_is_well_is_told_once(company: World, mailbox: Mailbox) -> None:
    [number] = stopped(company)
    look(company)
    break_account(company, active=True)
    company.retry(number)
    assert company.transfer(number).state == "done"
    look(company)
    look(company)
    subjects = [str(letter["Subject"]) for letter in mailbox.to(OFFICE)]
    assert len(subjects) == 2
    assert subjects == [f"Faktura {number}: Konto 3000 er inaktiv", f"Løst: Faktura {number}: Konto 3000 er inaktiv"]


def test_the_morning_s_letter_sums_up_what_is_open_since_yesterday(company: World, mailbox: Mailbox) -> None:
    from django.db.models import F

    from bilag.notifications import alerts
    from bilag.notifications.models import OpenCause

    stopped(company, 2)
    look(company)
    assert alerts.send_summary(company.company_id) == []  # it was told of an hour ago
    OpenCause.objects.update(opened_at=F("opened_at") - timedelta(hours=13))
    alerts.send_summary(company.company_id)
    company.work()
    assert [str(letter["Subject"]) for letter in mailbox.to(OFFICE)][1:] == [
        "Påminnelse: 2 fakturaer: Konto 3000 er inaktiv"
    ]


def test_wrong_credentials_are_told_once_for_the_company_not_for_each_invoice(company: World, mailbox: Mailbox) -> None:
    company.hub.ask("PUT", "/admin/users/moment-fjellvann", {"password": "changed"})
    company.hub.ask("POST", "/admin/tokens/withdraw", {})
    for _ in range(3):
        number = company.insert_invoice({})
        company.hint(company.invoices[number])
    company.work()
    look(company)
    look(company)
    [letter] = mailbox.to(OFFICE)
    assert "/c/fjell/attention/" in mailbox.text(OFFICE)
    assert "changed" not in str(letter)


@pytest.mark.parametrize(("language", "word"), [("nb", "Dette gjør du"), ("en", "What to do")])
def test_letters_are_in_the_company_s_language(world: World, mailbox: Mailbox, language: str, word: str) -> None:
    world.apply(notify={"emails": [OFFICE]}, company={"language": language})
    stopped(world)
    look(world)
    assert word in mailbox.text(OFFICE)


def test_a_bad_recipient_is_kept_with_the_server_s_words_and_the_others_get_theirs(
    company: World, mailbox: Mailbox
) -> None:
    from bilag.notifications.models import Letter

    mailbox.refused.add("kari@fjell.example")
    stopped(company)
    look(company)
    assert len(mailbox.to(OFFICE)) == 1
    refused = Letter.objects.get(to="kari@fjell.example")
    assert "5.1.1 No such mailbox" in refused.refused
    assert refused.sent_at is None


def test_a_mail_server_that_refuses_for_now_or_is_down_gets_it_later_and_once(company: World, mailbox: Mailbox) -> None:
    from django.test import override_settings

    from bilag.notifications import email_sender
    from bilag.notifications.models import Letter

    mailbox.refusal = "452 4.3.1 Mailbox full"
    stopped(company)
    look(company)
    letter = Letter.objects.get(to=OFFICE)
    assert (letter.sent_at, letter.refused, letter.failures) == (None, "", 1)
    assert letter.next_at is not None
    mailbox.refusal = ""
    email_sender.send(letter.pk)
    assert mailbox.to(OFFICE) == [], "not before its time, whatever job comes"
    with override_settings(EMAIL_PORT=9):
        assert after_the_pause(letter) is not None
    assert after_the_pause(letter) is None
    assert after_the_pause(letter) is None
    assert len(mailbox.to(OFFICE)) == 1


def after_the_pause(letter: Any) -> timedelta | None:
    """Send it when its time has come."""
    from bilag.notifications import email_sender
    from bilag.notifications.models import Letter

    Letter.objects.filter(pk=letter.pk).update(next_at=None)
    return email_sender.send(letter.pk)


@pytest.mark.parametrize("answer", ["530 5.7.0 Authentication required", "550 5.7.1 Sender not allowed"])
def test_a_mail_server_that_takes_nothing_of_ours_loses_no_letter(
    company: World, mailbox: Mailbox, answer: str
) -> None:
    from bilag.notifications.models import Letter

    mailbox.sender_refusal = answer
    stopped(company)
    look(company)
    letter = Letter.objects.get(to=OFFICE)
    assert (letter.refused, letter.failures) == ("", 1)
    mailbox.sender_refusal = ""
    after_the_pause(letter)
    assert len(mailbox.to(OFFICE)) == 1


def test_a_letter_that_is_late_has_one_job_however_often_it_is_looked_for(company: World, mailbox: Mailbox) -> None:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.notifications import sweep
    from bilag.notifications.models import Letter

    Letter.objects.create(
        company_id=company.company_id, to=OFFICE, subject="x", text="x", html="x",
        next_at=timezone.now() - timedelta(minutes=10),
    )  # fmt: skip
    for _ in range(3):
        sweep.notify_all()
    assert ProcrastinateJob.objects.filter(task_name="notifying.send").count() == 1


def test_a_company_that_is_switched_off_has_nothing_open_and_is_told_anew_when_it_is_on(
    company: World, mailbox: Mailbox
) -> None:
    from bilag.companies import lifecycle
    from bilag.notifications import sweep
    from bilag.notifications.models import OpenCause

    stopped(company)
    look(company)
    lifecycle.set_not_live(company.company_id, origin="test")
    sweep.notify_all()
    company.work()
    assert not OpenCause.objects.filter(closed_at=None).exists()
    assert len(mailbox.to(OFFICE)) == 1, "that it was switched off is not that all is well"
    lifecycle.set_live(company.company_id, date(2020, 1, 1))
    look(company)
    assert len(mailbox.to(OFFICE)) == 2


def test_the_morning_is_that_of_the_job_however_late_a_worker_comes_to_it(
    company: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.notifications import sweep, tasks

    told: list[int] = []
    monkeypatch.setattr(sweep, "send_summaries", lambda: told.append(1))
    for hour in (5, 6, 7, 8):  # in UTC; Oslo is two hours ahead in summer
        tasks.send_summaries(int(datetime(2026, 7, 1, hour, tzinfo=UTC).timestamp()))
    assert len(told) == 1


def test_letters_that_no_job_comes_for_are_taken_up(company: World, mailbox: Mailbox) -> None:
    from django.utils import timezone

    from bilag.notifications import sweep
    from bilag.notifications.models import Letter

    Letter.objects.create(
        company_id=company.company_id, to=OFFICE, subject="x", text="x", html="x",
        next_at=timezone.now() - timedelta(minutes=10),
    )  # fmt: skip
    sweep.notify_all()
    company.work()
    assert len(mailbox.to(OFFICE)) == 1


def test_nothing_foreign_becomes_markup_or_a_header(company: World, mailbox: Mailbox) -> None:
    from bilag.companies.models import Company
    from bilag.notifications.models import Letter

    Company.objects.update(name="<script>alert(1)</script>\r\nBcc: eve@evil.example")
    stopped(company)
    look(company)
    letter = Letter.objects.filter(to=OFFICE).get()
    assert "<script>" not in letter.html
    assert "\n" not in letter.subject
    assert mailbox.to(OFFICE)[0]["Bcc"] is None


def test_no_secret_stands_in_a_letter(company: World, mailbox: Mailbox) -> None:
    from bilag.notifications.models import Letter

    stopped(company)
    look(company)
    for letter in Letter.objects.all():
        whole: Any = letter.subject + letter.text + letter.html
        assert "example-password" not in whole
        assert "example-moment-key" not in whole


def test_a_company_that_is_not_live_is_told_nothing(company: World, mailbox: Mailbox) -> None:
    from bilag.companies import lifecycle

    stopped(company)
    lifecycle.set_not_live(company.company_id)
    look(company)
    assert mailbox.letters == []


def test_a_refused_address_is_warned_of_on_every_page(company: World, mailbox: Mailbox) -> None:
    from django.test import Client

    from bilag.members.models import User

    mailbox.refused.add(OFFICE)
    stopped(company)
    look(company)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("drift@fjell.example", is_operator=True))
    for path in ("", "tools/", "company/"):
        assert f"The mail server rejects emails to {OFFICE}" in client.get(f"/c/fjell/{path}").content.decode()
    assert "5.1.1 No such mailbox" in client.get("/c/fjell/company/").content.decode()
