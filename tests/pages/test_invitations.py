"""Invitations: sent by e-mail, joined by their link, withdrawn, refused."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.support.mail_server import Mailbox, mail_server
from tests.support.people import People

PASSWORD = "Gaustatoppen-1883-moh"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


def invite(people: People, email: str = "ny@fjell.example", role: str = "member") -> Any:
    return people.client("owner").post("/c/fjell/company/invite/", {"email": email, "role": role}, follow=True)


def link(mailbox: Mailbox, email: str = "ny@fjell.example") -> str:
    """The path of the link in the newest letter."""
    text = mailbox.to(email)[-1].get_body(("plain",)).get_content()
    found = re.search(r"http://[^/]+(/invitations/\S+)", text)
    assert found, text
    return found[1]


def roles(slug: str = "fjell") -> dict[str, str]:
    from bilag.members.models import Membership

    return {one.user.email: one.role for one in Membership.objects.filter(company__slug=slug).select_related("user")}


def log_of(name: str) -> list[tuple[str, dict[str, str]]]:
    from bilag.events.models import Event

    return [(one.origin, one.facts) for one in Event.objects.filter(name=name)]


def test_one_who_is_invited_makes_an_account_and_joins(people: People, mailbox: Mailbox) -> None:
    answer = invite(people)
    assert "ny@fjell.example was invited" in answer.content.decode()
    assert log_of("invited") == [("owner@fjell.example", {"email": "ny@fjell.example", "role": "member"})]
    newcomer = Client(SERVER_NAME="localhost")
    page = newcomer.get(link(mailbox)).content.decode()
    assert "Join Fjell Arkitekter AS" in page
    assert "Can do what an accountant can, and change the setup" in page
    answer = newcomer.post(link(mailbox), {"name": "Nils Ny", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/c/fjell/"
    assert "Welcome to Fjell Arkitekter AS." in answer.content.decode()
    assert roles()["ny@fjell.example"] == "member"
    assert log_of("joined") == [("ny@fjell.example", {"email": "ny@fjell.example", "role": "member"})]
    again = Client(SERVER_NAME="localhost").get(link(mailbox))
    assert again.status_code == 410
    assert "It has been used, withdrawn or replaced" in again.content.decode()


def test_the_letter_is_in_the_company_s_language_as_text_and_html(people: People, mailbox: Mailbox) -> None:
    from bilag.companies.models import Company

    Company.objects.filter(slug="fjell").update(language="nb")
    invite(people)
    [letter] = mailbox.to("ny@fjell.example")
    assert letter["Subject"] == "owner@fjell.example inviterer deg til Fjell Arkitekter AS i Bilag"
    html = letter.get_body(("html",)).get_content()
    assert link(mailbox) in html
    assert "Bli med: http://127.0.0.1:8000/invitations/" in mailbox.text("ny@fjell.example")


def test_names_in_the_letter_are_text_not_markup(people: People, mailbox: Mailbox) -> None:
    from bilag.companies.models import Company
    from bilag.members.models import User

    Company.objects.filter(slug="fjell").update(name="<script>alert(1)</script>\nBcc: a@b.example")
    User.objects.filter(email="owner@fjell.example").update(name="Eve\r\nBcc: other@x.example")
    invite(people)
    [letter] = mailbox.to("ny@fjell.example")
    assert letter["Bcc"] is None
    assert "<script>" not in letter.get_body(("html",)).get_content()


def test_one_who_has_an_account_signs_in_to_join(people: People, mailbox: Mailbox) -> None:
    from bilag.members.models import User

    stranger = User.objects.get(email="stranger@fjell.example")
    stranger.set_password(PASSWORD)
    stranger.save()
    invite(people, "Stranger@fjell.example", "viewer")
    path = link(mailbox, "stranger@fjell.example")
    browser = Client(SERVER_NAME="localhost")
    page = browser.get(path).content.decode()
    assert "You already have an account" in page
    assert f"/accounts/login/?next={path}" in page
    # A password typed here changes nothing: the account is theirs already.
    browser.post(path, {"name": "Eve", "password": "Another-long-word-77"})
    assert User.objects.get(pk=stranger.pk).check_password(PASSWORD)
    assert "stranger@fjell.example" not in roles()
    browser.post(f"/accounts/login/?next={path}", {"login": "stranger@fjell.example", "password": PASSWORD})
    assert "Join" in browser.get(path).content.decode()
    browser.post(path)
    assert roles()["stranger@fjell.example"] == "viewer"


def test_the_link_is_of_no_use_to_another_person(people: People, mailbox: Mailbox) -> None:
    invite(people, "ny@fjell.example", "owner")
    viewer = people.client("viewer")
    for answer in (viewer.get(link(mailbox)), viewer.post(link(mailbox))):
        assert answer.status_code == 403
        assert "the invitation is for ny@fjell.example" in answer.content.decode()
    assert roles()["viewer@fjell.example"] == "viewer"


def test_a_weak_password_is_told_and_nobody_joins(people: People, mailbox: Mailbox) -> None:
    from bilag.members.models import User

    invite(people)
    answer = Client(SERVER_NAME="localhost").post(link(mailbox), {"name": "Nils", "password": "12345678"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "at least 10 characters" in text
    assert "12345678" not in text
    assert not User.objects.filter(email="ny@fjell.example").exists()


@pytest.mark.parametrize("how", ["withdrawn", "run out", "replaced"])
def test_a_link_that_is_not_in_force_says_so(people: People, mailbox: Mailbox, how: str) -> None:
    from bilag.members.models import Invitation

    invite(people)
    old = link(mailbox)
    row = Invitation.objects.get()
    if how == "withdrawn":
        people.client("owner").post(f"/c/fjell/company/invitations/{row.pk}/withdraw/")
        assert log_of("invitation_withdrawn") == [("owner@fjell.example", {"email": "ny@fjell.example"})]
    elif how == "run out":
        Invitation.objects.update(expires_at=row.created_at - timedelta(days=1))
        assert "Expired" in people.client("owner").get("/c/fjell/company/").content.decode()
    else:
        people.client("owner").post(f"/c/fjell/company/invitations/{row.pk}/again/")
        assert link(mailbox) != old
        assert Client(SERVER_NAME="localhost").get(link(mailbox)).status_code == 200
    answer = Client(SERVER_NAME="localhost").post(old, {"name": "Nils", "password": PASSWORD})
    assert answer.status_code == 410
    assert "ask the person who invited you to send a new invitation" in answer.content.decode()
    assert "ny@fjell.example" not in roles()


def test_a_letter_that_is_refused_invites_nobody_and_says_why(people: People, mailbox: Mailbox) -> None:
    from bilag.members.models import Invitation

    mailbox.refused.add("ny@fjell.example")
    answer = invite(people)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Nobody was invited. The mail server rejected the email" in text
    assert "5.1.1 No such mailbox" in text
    assert 'value="ny@fjell.example"' in text
    assert Invitation.objects.count() == 0
    assert log_of("invited") == []


def test_a_mail_server_that_is_down_invites_nobody_and_says_so(people: People) -> None:
    from django.test import override_settings

    with mail_server() as gone:
        port = gone.port
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
    ):
        assert "Nobody was invited" in invite(people).content.decode()


def test_members_are_not_invited_again(people: People, mailbox: Mailbox) -> None:
    assert "This person is already a member" in invite(people, "VIEWER@fjell.example").content.decode()
    assert mailbox.letters == []


@pytest.mark.parametrize(
    "email", ["", "kari", "a@b", "kari@fjell.example\nBcc: x@y.example", "x" * 250 + "@fjell.example"]
)
def test_what_is_no_address_is_told_beside_the_field(people: People, mailbox: Mailbox, email: str) -> None:
    answer = invite(people, email)
    assert answer.status_code == 422
    assert re.search(r'id="invite-email_error" role="alert">\S', answer.content.decode())
    assert mailbox.letters == []


def test_only_the_digest_of_the_link_is_kept(people: People, mailbox: Mailbox) -> None:
    from django.db import connection

    invite(people)
    secret = link(mailbox).rstrip("/").rpartition("/")[2]
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(i)::text from members_invitation i")
        assert secret not in str(cursor.fetchall())
        cursor.execute("select coalesce(string_agg(row_to_json(e)::text, ''), '') from events_event e")
        assert secret not in str(cursor.fetchall())


def test_an_invitation_never_lowers_a_role(people: People, mailbox: Mailbox) -> None:
    from bilag.companies.models import Company
    from bilag.members import joining
    from bilag.members.models import Role, User

    invite(people, "ny@fjell.example", "viewer")
    user = User.objects.create_user("ny@fjell.example")
    company = Company.objects.get(slug="fjell")
    joining.add_member(company, user, Role.OWNER, by="test")
    secret = link(mailbox).rstrip("/").rpartition("/")[2]
    invitation = joining.invitation_of(secret)
    assert invitation is not None
    joining.join(invitation, user)
    assert roles()["ny@fjell.example"] == "owner"


def test_an_account_that_was_switched_off_does_not_join(people: People, mailbox: Mailbox) -> None:
    from bilag.members.models import User

    User.objects.create_user("ny@fjell.example", is_active=False)
    invite(people)
    assert Client(SERVER_NAME="localhost").get(link(mailbox)).status_code == 410
