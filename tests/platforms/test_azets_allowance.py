"""The hub's allowance: what its answers report counts, and the profile's where they report none."""

import pytest

from bilag.platforms.azets.platform import AzetsPlatform
from tests.support.azets.samples import PROFILE
from tests.support.azets.scripted_hub import Said, ScriptedHub


def allowance(azets: AzetsPlatform) -> int:
    return azets._client._rate_limit._requests


@pytest.mark.parametrize(("limits", "adopted"), [({"requestsPerMinute": 120}, 120), ({}, 600), (None, 600)])
def test_profiles_allowance_is_adopted_where_it_names_one(
    scripted: ScriptedHub, azets: AzetsPlatform, limits: dict[str, int] | None, adopted: int
) -> None:
    profile = {name: value for name, value in PROFILE.items() if name != "limits"}
    scripted.on("GET", "/profile", Said(200, profile if limits is None else {**profile, "limits": limits}))
    azets.chart()
    assert allowance(azets) == adopted


def test_what_answers_report_counts_more_than_the_profile(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    headers = {"X-RateLimit-Limit": "300"}
    scripted.on("GET", "/profile", Said(200, {**PROFILE, "limits": {"requestsPerMinute": 120}}, headers=headers))
    azets.chart(fresh=True)
    azets.chart(fresh=True)
    assert allowance(azets) == 300
