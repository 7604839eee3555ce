"""Secrets stand in no repr, no error and no log, whatever goes wrong around them."""

import logging
from typing import Any

import pytest
import structlog

from bilag.companies.setup import MomentAccess
from bilag.moment.client import MomentClient
from bilag.platforms.base import Connection
from bilag.platforms.registry import platform_kinds
from bilag.posting.dimensions import Dimensions
from bilag.service.environment import OpenIdConnect
from bilag.wire.http import WireClient
from tests.support.logs import logged
from tests.support.people import People
from tests.support.world import World

SECRET = "a-secret-that-nobody-may-see"
ADDRESS = "http://127.0.0.1:9"
VALUES = {
    "base_url": ADDRESS, "username": "u", "password": SECRET, "api_key": SECRET, "source_client_id": "123",
    "parent_client_id": "S1", "application_key": SECRET, "database": "d", "company": "F",
    "folder": "f",
}  # fmt: skip
INSTALLATION = {field.name for kind in platform_kinds().values() for field in kind.installation_fields}


def test_no_secret_stands_in_a_repr(world: World) -> None:
    from bilag.companies import store
    from bilag.companies.models import Company, IntegrationSetup
    from bilag.service.keys import ring
    from bilag.transfers.models import Transfer

    every_field = {field.name: SECRET for kind in platform_kinds().values() for field in kind.fields}
    connection = Connection({**every_field, **VALUES}, Dimensions(), installation=dict.fromkeys(INSTALLATION, SECRET))
    made: list[Any] = [
        MomentAccess(ADDRESS, "1", SECRET),
        MomentClient(ADDRESS, "1", SECRET),
        WireClient("hub", ADDRESS, secrets=frozenset({SECRET})),
        OpenIdConnect("https://login.example", "bilag", SECRET),
        connection,
        *(kind.open(connection) for kind in platform_kinds().values()),
    ]
    for one in made:
        assert SECRET not in repr(one) + str(one), type(one).__name__
    setup = store.load_setup(world.company_id)
    shown = repr(setup) + repr(list(Company.objects.all())) + repr(list(IntegrationSetup.objects.all())) + repr(ring)
    for secret in ("example-password", "example-moment-key", *ring):
        assert secret not in shown
    assert Transfer.objects.count() == 0


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_fault_is_logged_without_what_stood_in_variables(form: str) -> None:
    with logged(form) as said:

        def signs_in(password: str) -> None:
            raise RuntimeError("the other side hung up")

        try:
            signs_in(SECRET)
        except RuntimeError:
            structlog.get_logger("bilag").exception("transfer.bilag_fault")
            logging.getLogger("django.request").exception("Internal Server Error")
    assert "the other side hung up" in said.getvalue()
    assert SECRET not in said.getvalue()


def test_a_secret_that_no_key_opens_is_told_without_it_and_the_page_is_ours(people: People) -> None:
    from cryptography.fernet import Fernet

    from bilag.companies.models import IntegrationSetup

    strange = Fernet(Fernet.generate_key()).encrypt(SECRET.encode()).decode()
    IntegrationSetup.objects.filter(company_id=people.world.company_id).update(secrets=strange)
    client = people.client("owner")
    client.raise_request_exception = False
    answer = client.get(f"/c/{people.slug}/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "The error has been logged" in text
    assert strange not in text
    assert "Traceback" not in text
