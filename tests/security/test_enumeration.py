"""Who is a stranger learns of nobody whether they have an account: same words, same way on, similar time."""

import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from tests.support.mail_server import mail_server, resets_sent
from tests.support.people import People

KNOWN = "owner@fjell.example"
TRIES = 3


def timed(ask: Callable[[int], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, list[Any]]:
    """The middle of some times in seconds, and what was answered."""
    times, answers = [], []
    for number in range(TRIES):
        began = clock()
        answers.append(ask(number))
        times.append(clock() - began)
    return median(times), answers


def words(answer: Any) -> str:
    """A page without what differs from one request to the next."""
    return re.sub(r'"[A-Za-z0-9]{64}"|value="[^"]*"', "", answer.content.decode())


def with_password(password: str) -> None:
    from bilag.members.models import User

    user = User.objects.get(email=KNOWN)
    user.set_password(password)
    user.save()


def post(path: str, form: dict[str, str], ip: str) -> Any:
    return Client(SERVER_NAME="localhost", REMOTE_ADDR=ip).post(path, form, follow=True)


def test_a_wrong_password_takes_as_long_as_an_unknown_address(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is measured, not the clock: what takes time is the hash, and a busy machine would hide its absence."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 500_000)  # in tests it is one
    with_password("Fjell-og-Vann-2026")
    path, wrong = "/accounts/login/", "not-the-password"
    known, said = timed(lambda n: post(path, {"login": KNOWN, "password": wrong}, f"10.0.0.{n}"), time.thread_time)
    stranger = "nobody{}@fjell.example".format
    unknown, others = timed(
        lambda n: post(path, {"login": stranger(n), "password": wrong}, f"10.0.1.{n}"), time.thread_time
    )
    assert known > 0.05, "the hash is computed in this thread, else nothing is measured"
    assert 0.33 < known / unknown < 3, f"{known:.3f} s for a known address, {unknown:.3f} s for an unknown one"
    assert words(said[0]) == words(others[0])


def test_a_reset_takes_as_long_for_an_unknown_address_and_its_letter_is_sent_apart(people: People) -> None:
    path = "/accounts/password/reset/"
    with mail_server() as mailbox:
        known, said = timed(lambda n: post(path, {"email": KNOWN}, f"10.0.2.{n}"))
        unknown, others = timed(lambda n: post(path, {"email": f"nobody{n}@fjell.example"}, f"10.0.3.{n}"))
        resets_sent()
        assert {str(one["To"]) for one in mailbox.letters} == {KNOWN}
    assert known - unknown < 1.0, f"{known:.3f} s for a known address, {unknown:.3f} s for an unknown one"
    assert said[0].redirect_chain == others[0].redirect_chain
    assert words(said[0]) == words(others[0])


def test_a_mail_server_that_is_down_tells_nobody_who_has_an_account(people: People, capfd: Any) -> None:
    from django.test import override_settings

    path = "/accounts/password/reset/"
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=9,
        EMAIL_TIMEOUT=2,
    ):
        known = post(path, {"email": KNOWN}, "10.0.4.1")
        unknown = post(path, {"email": "nobody@fjell.example"}, "10.0.4.2")
        resets_sent()
    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))
    told = "".join(capfd.readouterr())
    assert KNOWN not in told


def test_a_link_of_nobody_says_the_same_as_a_wrong_one_of_somebody(people: People) -> None:
    never = Client(SERVER_NAME="localhost").get("/invitations/" + "x" * 43 + "/")
    wrong = Client(SERVER_NAME="localhost").get("/accounts/password/reset/key/1-c0ffee-" + "0" * 32 + "/")
    other = Client(SERVER_NAME="localhost").get("/accounts/password/reset/key/zzz-c0ffee-" + "0" * 32 + "/")
    assert never.status_code == 410
    assert words(wrong) == words(other)
