"""The Company page: details, members and their roles, API tokens, the webhook address."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.people import People
from tests.support.webhooks import send_webhook


def company() -> Any:
    from bilag.companies.models import Company

    return Company.objects.get(slug="fjell")


def role_of(who: str) -> str | None:
    from bilag.members.models import Membership

    row = Membership.objects.filter(company__slug="fjell", user__email=f"{who}@fjell.example").first()
    return row.role if row else None


def number_of(who: str) -> int:
    from bilag.members.models import User

    return int(User.objects.get(email=f"{who}@fjell.example").pk)


def events_of(name: str) -> list[Any]:
    from bilag.events.models import Event

    return list(Event.objects.filter(company__slug="fjell", name=name))


def post(people: People, path: str, who: str = "owner", **data: Any) -> Any:
    return people.client(who).post(f"/c/fjell/company/{path}", data, follow=True)


def test_details_are_saved_and_kept_as_changes(people: People) -> None:
    from bilag.companies.models import SetupChange

    answer = post(
        people, "", "member", name="Fjell og Vann AS", organisation_number="NO 923 609 016 MVA", language="en"
    )
    assert "Saved." in answer.content.decode()
    row = company()
    assert (row.name, row.organisation_number, row.language) == ("Fjell og Vann AS", "923609016", "en")
    kept = SetupChange.objects.filter(origin="member@fjell.example")
    assert ("company.name", "Fjell Arkitekter AS", "Fjell og Vann AS") in kept.values_list("field", "old", "new")
    log = people.client("viewer").get("/c/fjell/log/").content.decode()
    assert "Fjell Arkitekter AS → Fjell og Vann AS" in log
    assert (
        "Nothing was changed."
        in post(
            people, "", "member", name="Fjell og Vann AS", organisation_number="923609016", language="en"
        ).content.decode()
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "This field is required"),
        ("name", "x" * 201, "at most 200 characters"),
        ("organisation_number", "923609017", "This is not a valid organisation number"),
        ("language", "sv", "Select a valid choice"),
    ],
)
def test_what_cannot_be_right_is_told_beside_its_field(people: People, field: str, value: str, said: str) -> None:
    given = {"name": "Nytt navn", "organisation_number": "", "language": "nb", field: value}
    answer = post(people, "", **given)
    assert answer.status_code == 422
    fault = re.search(rf'id="details-{field}_error" role="alert">(.*?)<', answer.content.decode())
    assert fault
    assert said in fault[1]
    assert company().name == "Fjell Arkitekter AS"


def test_a_setup_form_that_is_open_still_saves_after_the_name_was_changed(people: People) -> None:
    from bilag.companies import store

    version, _settings, _secrets = store.stored(company().pk)
    post(people, "", name="Fjell og Vann AS", organisation_number="", language="nb")
    assert store.stored(company().pk)[0] == version


def test_an_owner_gives_roles_and_takes_them(people: People) -> None:
    answer = post(people, f"members/{number_of('viewer')}/", role="owner")
    assert "viewer@fjell.example now has the role owner." in answer.content.decode()
    assert role_of("viewer") == "owner"
    [event] = events_of("role_changed")
    assert event.facts == {"email": "viewer@fjell.example", "old": "viewer", "role": "owner"}
    answer = post(people, f"members/{number_of('member')}/remove/")
    assert "is no longer a member" in answer.content.decode()
    assert role_of("member") is None
    assert people.client("member").get("/c/fjell/").status_code == 404


def test_a_company_always_keeps_an_owner(people: People) -> None:
    for path, data in (
        (f"members/{number_of('owner')}/", {"role": "viewer"}),
        (f"members/{number_of('owner')}/remove/", {}),
    ):
        assert "A company must have an owner." in post(people, path, **data).content.decode()
        assert "A company must have an owner." in post(people, path, "operator", **data).content.decode()
    assert role_of("owner") == "owner"


def test_an_owner_who_steps_down_no_longer_decides(people: People) -> None:
    post(people, f"members/{number_of('viewer')}/", role="owner")
    answer = post(people, f"members/{number_of('owner')}/", role="viewer")
    assert role_of("owner") == "viewer"
    assert answer.status_code == 200
    assert post(people, f"members/{number_of('viewer')}/", role="viewer").status_code == 403


def test_members_of_other_companies_are_out_of_reach(people: People) -> None:
    from bilag.members.models import Membership

    answer = post(people, f"members/{number_of('stranger')}/", role="viewer")
    assert "no longer a member" in answer.content.decode()
    post(people, f"members/{number_of('stranger')}/remove/")
    assert Membership.objects.get(user__email="stranger@fjell.example").role == "owner"
    assert "Choose a role." in post(people, f"members/{number_of('viewer')}/", role="king").content.decode()


@pytest.mark.parametrize("who", ["viewer", "member"])
@pytest.mark.parametrize(
    "path", ["invite/", "members/1/", "members/1/remove/", "tokens/", "tokens/1/revoke/", "webhook/new/"]
)
def test_only_owners_decide_on_members_tokens_and_the_address(people: People, who: str, path: str) -> None:
    assert post(people, path, who, email="x@y.example", role="owner", name="x", scope="write").status_code == 403


def test_what_each_role_sees(people: People) -> None:
    pages = {who: people.client(who).get("/c/fjell/company/").content.decode() for who in ("owner", "member", "viewer")}
    assert "/hooks/moment/" in pages["owner"]
    assert "/hooks/moment/" in pages["member"]
    assert "/hooks/moment/" not in pages["viewer"]
    assert "This requires the role member. Ask" in pages["viewer"]
    assert 'name="scope"' in pages["owner"]
    assert 'name="scope"' not in pages["member"]
    assert "<form" not in pages["viewer"].partition("<main")[2]
    for page in pages.values():
        assert "viewer@fjell.example" in page
        assert "stranger@fjell.example" not in page


def test_a_token_is_shown_once_and_works_until_it_is_revoked(people: People) -> None:
    from django.test import Client

    from bilag.members.models import ApiToken

    answer = post(people, "tokens/", name="Reports", scope="read")
    found = re.search(r'<pre id="new-token">(bilag_\S+)</pre>', answer.content.decode())
    assert found
    token = found[1]
    assert "no-store" in answer.headers["Cache-Control"]
    api = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {token}"})
    assert api.get("/api/v1/company").status_code == 200
    assert api.post("/api/v1/poll", content_type="application/json").status_code == 403
    page = people.client("owner").get("/c/fjell/company/").content.decode()
    assert token not in page
    assert f"<code>{token[:10]}…</code>" in page
    row = ApiToken.objects.get()
    assert token not in str(ApiToken.objects.values())
    assert "is revoked" in post(people, f"tokens/{row.pk}/revoke/").content.decode()
    assert api.get("/api/v1/company").status_code == 401
    assert [event.facts["token"] for event in (*events_of("token_made"), *events_of("token_revoked"))] == [
        f"Reports ({token[:10]}…)"
    ] * 2
    assert "already been revoked" in post(people, f"tokens/{row.pk}/revoke/").content.decode()


def test_a_token_ends_with_its_last_day_as_the_clock_in_oslo_goes(people: People) -> None:
    from bilag.members import tokens
    from bilag.members.models import ApiToken

    last = datetime.now(UTC).date() + timedelta(days=30)
    post(people, "tokens/", name="Reports", scope="write", last_day=last.isoformat())
    row = ApiToken.objects.get()
    assert row.last_day == last
    assert row.scopes == ["read", "write"]
    _row, token = tokens.make(company(), "old", ["read"], by="test", last_day=date(2020, 1, 31))
    assert _row.expires_at.isoformat() == "2020-02-01T00:00:00+01:00"
    assert tokens.token_access(token) is None
    assert "Expired" in people.client("owner").get("/c/fjell/company/").content.decode()


def test_a_token_must_have_a_name_and_a_day_to_come(people: People) -> None:
    from bilag.members.models import ApiToken

    assert "This field is required" in post(people, "tokens/", scope="read").content.decode()
    assert (
        "The date has passed. Choose a later date."
        in post(people, "tokens/", name="x", scope="read", last_day="2020-01-01").content.decode()
    )
    assert post(people, "tokens/", name="x", scope="all").status_code == 422
    assert ApiToken.objects.count() == 0


def test_a_token_of_another_company_is_not_revoked(people: People) -> None:
    from bilag.companies.models import Company
    from bilag.members import tokens
    from bilag.members.models import ApiToken

    row, _token = tokens.make(Company.objects.get(slug="others"), "theirs", ["read"], by="test")
    post(people, f"tokens/{row.pk}/revoke/")
    assert ApiToken.objects.filter(pk=row.pk).exists()
    assert "theirs" not in people.client("owner").get("/c/fjell/company/").content.decode()


def test_a_new_webhook_address_replaces_the_old_one(people: People) -> None:
    from bilag.companies import store

    old = store.webhook_url(company())
    answer = post(people, "webhook/new/")
    assert "Enter the new address in Moment now" in answer.content.decode()
    new = store.webhook_url(company())
    assert new != old
    assert send_webhook(old, b"{}") == 404
    assert send_webhook(new, b"{}") == 202
    assert company().last_hint_at is not None
    assert "Moment last used the address on" in people.client("member").get("/c/fjell/company/").content.decode()
    changes = people.client("member").get("/c/fjell/setup/changes/").content.decode()
    assert "Webhook address" in changes
    assert new.rpartition("/")[2] not in changes


def test_a_test_that_does_not_arrive_says_what_came_back_and_what_to_do(people: People) -> None:
    from django.test import override_settings

    with override_settings(BILAG_BASE_URL="http://127.0.0.1:9"):
        text = post(people, "webhook/test/", "member").content.decode()
    assert "The test did not arrive." in text
    assert "Bilag could not connect to the address." in text
    assert "BILAG_BASE_URL" in text
    assert "<html" not in text
    assert events_of("webhook_test") == []


def test_a_test_hint_that_was_not_sent_from_here_counts_for_nothing(people: People) -> None:
    from django.core import signing

    from bilag.companies import store

    address = store.webhook_url(company())
    other = signing.dumps({"company": company().pk + 1, "by": "eve", "test": "x"}, salt="bilag.webhook-test")
    for body in ({"bilagTest": "forged"}, {"bilagTest": other}, {"bilagTest": ["x"]}, ["bilagTest"]):
        assert send_webhook(address, body) == 202
    assert events_of("webhook_test") == []
