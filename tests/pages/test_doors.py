"""Every page of a company: who is signed out, of another company, or in too small a role does not get through."""

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
