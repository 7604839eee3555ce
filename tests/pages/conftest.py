"""People with every role, a company of others, and a client that is signed in as one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django
import pytest
from django.test import Client

from tests.bare_company import bare_company
from tests.transfers.conftest import World, world

__all__ = ["world"]
django.setup()  # tests of pages name models when they are collected


@dataclass
class People:
    """The people around the company `slug`; `stranger` is an owner of another company, `other_slug`."""

    slug: str
    other_slug: str
    world: World

    def client(self, who: str | None, language: str = "en") -> Client:
        """A browser of owner, member, viewer, operator or stranger; None = signed out."""
        from bilag.members.models import User

        client = Client(SERVER_NAME="localhost", headers={"accept-language": language})
        if who is not None:
            client.force_login(User.objects.get(email=f"{who}@fjell.example"))
        return client


@pytest.fixture
def people(world: World) -> People:
    """Both companies and their people."""
    from bilag.companies.models import Company
    from bilag.members.models import Membership, Role, User

    company = Company.objects.get(pk=world.company_id)
    other = bare_company("others", name="De andre AS", secrets={"moment.api_key": "another-key"})
    for role in Role:
        user = User.objects.create_user(f"{role}@fjell.example")
        Membership.objects.create(company=company, user=user, role=role)
    User.objects.create_user("operator@fjell.example", is_operator=True)
    stranger = User.objects.create_user("stranger@fjell.example")
    Membership.objects.create(company=other, user=stranger, role=Role.OWNER)
    return People(company.slug, other.slug, world)


@pytest.fixture
def page(people: People) -> Callable[..., str]:
    """The text of a page below the company's address, as somebody sees it; fails when it is not shown."""

    def get(path: str, who: str = "owner", language: str = "en", **query: Any) -> str:
        answer = people.client(who, language).get(f"/c/{people.slug}/{path}", query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.content[:300]!r}"
        return str(answer.content.decode())

    return get
