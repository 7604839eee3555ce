"""What stands in accounting, read over the hub's own API with a sign-in that is not Bilag's."""

from typing import Any
from urllib.parse import quote

from bilag_sandbox import hub
from tests.support.world import World

PROJECT_UNIT = 2


def customer(world: World, number: str) -> dict[str, Any] | None:
    """The customer as accounting has it, or None."""
    return _read(world, f"customers/{quote(number, safe='')}")


def project(world: World, number: str, unit: int = PROJECT_UNIT) -> dict[str, Any] | None:
    """The value of the projects' unit, or None."""
    return _read(world, f"organizational-units/{unit}/{quote(number, safe='')}")


def _read(world: World, path: str) -> dict[str, Any] | None:
    token = world.hub.ask("POST", "/v1/token", {"username": hub.USERNAME, "password": hub.PASSWORD})["access_token"]
    answer = world.hub.http.get(
        f"{world.hub.url}/v1/parents/{hub.PARENT}/clients/{hub.VISMA_CLIENT}/{path}",
        headers={"Authorization": f"Bearer {token}"},
    )
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
