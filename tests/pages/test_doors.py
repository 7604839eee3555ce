"""Every page of a company: who is signed out, of another company, or in too small a role does not get through."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.pages.conftest import People


def company_paths(slug: str) -> list[str]:
    """Each address below a company, with numbers for what it names."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif route.startswith("c/<slug:slug>/"):
                filled = route.replace("<slug:slug>", slug)
                for name, value in (("<int:", "1>"), ("<str:", "x>"), ("<slug:", "x>")):
                    while name in filled:
                        begin = filled.index(name)
                        end = filled.index(">", begin)
                        filled = filled[:begin] + value.rstrip(">") + filled[end + 1 :]
                found.append("/" + filled)

    walk(get_resolver().url_patterns, "")
    assert len(found) >= 6
    return found


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
