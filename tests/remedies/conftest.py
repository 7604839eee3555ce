"""One world for each file: a remedy concerns its own document, and what a test changes in the company it puts back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bilag_sandbox.common import HeldClock
from tests.remedies.person import Person
from tests.support.sandboxes import Stage, new_hub, new_moment
from tests.support.world import World, world_between


@pytest.fixture(scope="module")
def module_world(migrated: None, moment_stage: Stage, hub_stage: Stage) -> Iterator[World]:
    """Both sandboxes and the company between them, for all tests of the file. It has one customer and one project, so that a
    saved setup costs little."""
    from tests.support.database import empty

    clock = HeldClock()
    moment_url, hub_url = moment_stage.show(new_moment(clock, sample="none")), hub_stage.show(new_hub(clock))
    with world_between(moment_url, hub_url, clock) as made:
        customer = made.moment.ask("POST", "/admin/customers", {"name": "Nordlys Eiendom AS"})
        made.moment.ask("POST", "/admin/projects", {"name": "Skolen", "customer": {"id": customer["id"]}})
        yield made
    empty()


@pytest.fixture
def world(module_world: World) -> World:
    """The file's world."""
    return module_world


@pytest.fixture
def events(world: World) -> Callable[[str], list[Any]]:
    """The events of a name that this test caused."""
    from bilag.events.models import Event

    before = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return lambda name: list(Event.objects.filter(company_id=world.company_id, name=name, pk__gt=before).order_by("id"))


@pytest.fixture(scope="module")
def module_browser(module_world: World) -> Any:
    """The browser of a member of the company."""
    from django.test import Client

    from bilag.companies.models import Company
    from bilag.members.models import Membership, Role, User

    user = User.objects.create_user("member@fjell.example")
    Membership.objects.create(company=Company.objects.get(pk=module_world.company_id), user=user, role=Role.MEMBER)
    browser = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    browser.force_login(user)
    return browser


@pytest.fixture
def person(module_world: World, module_browser: Any) -> Person:
    """Somebody who does what a remedy says."""
    return Person(module_world, module_browser)
