"""The page about who the parties are, and the switch that asks for it."""

import re
from typing import Any

import pytest

from tests.support.people import People
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("quiet_logs")


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', text)
    assert found is not None
    return found[1]


def test_a_person_confirms_what_stands_on_the_page(people: People, world: World, events: Any) -> None:
    from bilag.companies.models import Company

    world.hub.ask("PATCH", "/admin/clients/123", {"companyName": "Fjellvann <b>Rådgivning</b> AS"})
    Company.objects.filter(pk=world.company_id).update(live=False)
    owner, path = people.client("owner"), f"/c/{people.slug}/setup/"
    refused = owner.post(f"{path}live/", {"live": "on"})
    assert refused.status_code == 409
    assert f'href="{path}parties/"' in refused.content.decode()
    page = owner.get(f"{path}parties/").content.decode()
    assert "Fjellvann &lt;b&gt;Rådgivning&lt;/b&gt; AS" in page
    assert "999999999" in page
    digest = seen(page)
    world.hub.ask("PATCH", "/admin/clients/123", {"companyName": "Fjellvann AS"})
    assert owner.post(f"{path}parties/", {"seen": digest}).status_code == 409
    assert events("parties_confirmed") == []
    again = owner.get(f"{path}parties/").content.decode()
    assert owner.post(f"{path}parties/", {"seen": seen(again)}).status_code == 302
    [event] = events("parties_confirmed")
    assert event.origin == "owner@fjell.example"
    after = owner.get(f"{path}parties/").content.decode()
    assert "Confirmed by owner@fjell.example." in after
    assert 'name="seen"' not in after
    assert "The client in accounting: Fjellvann AS (999999999)" in owner.get(f"/c/{people.slug}/log/").content.decode()


def test_companies_that_agree_have_nothing_to_confirm(people: People, world: World) -> None:
    page = people.client("member").get(f"/c/{people.slug}/setup/parties/").content.decode()
    assert "They are one company" in page
    assert 'name="seen"' not in page


def test_a_system_that_does_not_answer_is_named(people: People, world: World) -> None:
    world.moment.ask("PUT", "/admin/settings", {"keyState": "expired"})
    page = people.client("member").get(f"/c/{people.slug}/setup/parties/").content.decode()
    assert "One of the systems did not say" in page
    assert "Moment does not accept the API key" in page
