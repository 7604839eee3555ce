"""A program with a token of the company, and one of another company."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.people import People
from tests.support.program import Program, TokenMaker
from tests.support.transfers import source_of
from tests.support.world import World


@pytest.fixture
def reader(make_token: TokenMaker) -> Program:
    return Program(make_token("read"))


@pytest.fixture
def stranger(make_token: TokenMaker, people: People) -> Program:
    """A program of another company."""
    return Program(make_token("write", slug=people.other_slug))


@pytest.fixture
def made_transfers(world: World) -> Callable[..., list[Any]]:
    """Writes transfers without any system being asked."""
    from django.utils import timezone

    from bilag.transfers.models import Transfer

    def make(count: int, **fields: Any) -> list[Any]:
        first = fields.pop("first", 1)
        values = {"kind": "invoice", "state": "done", "hinted_at": timezone.now(), "done_at": timezone.now(), **fields}
        source = source_of(world.company_id)
        rows = [
            Transfer(company_id=world.company_id, source_id=source, number=str(first + n), **values)
            for n in range(count)
        ]
        return Transfer.objects.bulk_create(rows)

    return make
