"""Every page of a company: who is signed out, of another company, or in too small a role does not get through."""

import html
import re

import pytest

from tests.support.doors import company_paths
from tests.support.people import People


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_signed_out_is_asked_to_sign_in(people: People, method: str) -> None:
    for path in company_paths(people.slug):
        answer = getattr(people.client(None), method)(path)
        assert answer.status_code == 302, path
        assert answer.headers["location"].startswith("/accounts/login/"), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_company_of_others_is_not_found(people: People, method: str) -> None:
    stranger = people.client("stranger")
    for path in company_paths(people.slug):
        answer = getattr(stranger, method)(path)
        assert answer.status_code == 404, path
        assert "Fjell" not in answer.content.decode(), path
    for path in company_paths("no-such-company"):
        assert getattr(stranger, method)(path).status_code == 404, path


def test_a_viewer_changes_nothing(people: People) -> None:
    viewer = people.client("viewer")
    for path in company_paths(people.slug):
        assert viewer.post(path).status_code in (403, 405), path


OF_THE_SETUP = re.compile(
    r"^/c/[^/]+/("
    r"company/.*|setup/.*|guide/.+|recover/|rehearsal/\d+/accept/"
    r")$"
)
"""What an accountant may not change: the setup, the members, the keys and the addresses."""


def test_an_accountant_handles_the_transfers_and_leaves_the_setup_alone(people: People) -> None:
    accountant = people.client("accountant")
    answers = {path: accountant.post(path).status_code for path in company_paths(people.slug)}
    refused = {path for path, status in answers.items() if status == 403}
    takes_posts = {path for path, status in answers.items() if status != 405}
    assert refused == {path for path in takes_posts if OF_THE_SETUP.match(path)}
    assert {path for path in takes_posts if "/reconciliation/" in path} - refused, "an accountant reconciles"


@pytest.mark.parametrize(("who", "language"), [("viewer", "en"), ("accountant", "nb"), ("owner", "en")])
def test_every_page_says_who_may_do_what_its_reader_may_not(people: People, who: str, language: str) -> None:
    from bilag.members.models import Role
    from bilag.web.context_processors import NEEDED

    places = list(Role)
    client, shown = people.client(who, language), set()
    for path in company_paths(people.slug):
        answer = client.get(path)
        place = answer.resolver_match.url_name.split("-")[0]
        if answer.status_code != 200 or "<nav" not in answer.content.decode():
            continue
        shown.add(place)
        needed = NEEDED.get(place)
        told = needed is not None and places.index(Role(who)) < places.index(needed)
        assert ('id="role-note"' in answer.content.decode()) is told, path
    assert shown >= NEEDED.keys() - {"accruals"}
    assert shown <= {*NEEDED, "log", "guide"}, "a new place has a role that does everything there, or nothing to do"


def test_who_may_not_is_told_who_may(people: People) -> None:
    answer = people.client("viewer").post(f"/c/{people.slug}/transfers/retry/")
    text = html.unescape(answer.content.decode())
    assert "Your role is viewer. This requires the role accountant." in text
    asked = "accountant@fjell.example (accountant), member@fjell.example (member) or owner@fjell.example (owner)"
    assert f"Ask {asked}." in text
    norsk = html.unescape(people.client("member", "nb").post(f"/c/{people.slug}/company/tokens/").content.decode())
    assert "Rollen din er medlem. Dette krever rollen eier. Spør owner@fjell.example (eier)." in norsk
