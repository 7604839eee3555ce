"""People with every role, a company of others, and a client that is signed in as one of them."""

from collections.abc import Callable
from typing import Any

import django
import pytest

from tests.support.people import People

django.setup()  # tests of pages name models when they are collected


@pytest.fixture
def page(people: People) -> Callable[..., str]:
    """The text of a page below the company's address, as somebody sees it; fails when it is not shown."""

    def get(path: str, who: str = "owner", language: str = "en", **query: Any) -> str:
        answer = people.client(who, language).get(f"/c/{people.slug}/{path}", query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.content[:300]!r}"
        return str(answer.content.decode())

    return get
