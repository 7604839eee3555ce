"""What runs every minute runs as often as BILAG_TIME_SCALE says, in processes that are forked from one that imported everything."""

import pytest

from tests.support.service import service_in
from tests.support.zygote import Zygote

SCHEDULE = """
from procrastinate.contrib.django import app
print({name: one.cron for (name, _), one in app.periodic_registry.periodic_tasks.items()}["notifying.look_all"])
"""


@pytest.mark.parametrize(
    ("scale", "schedule"), [("0.02", "* * * * * */1"), ("0.5", "* * * * * */30"), ("1", "*/1 * * * *")]
)
def test_periodic_tasks_follow_the_time_scale(
    tmp_path_factory: pytest.TempPathFactory, zygote: Zygote, scale: str, schedule: str
) -> None:
    with service_in(tmp_path_factory.mktemp("service"), zygote) as service:
        service.time_scale = scale
        assert service.python(SCHEDULE).strip() == schedule
