"""A setup that is being entered: one of its connections, or both, is still empty.

The guided setup saves each step, so a company exists before its connections are known. A connection is entered completely or
not at all. `gateways` refuses to open an empty one, and the check says what is missing.
"""

from collections.abc import Mapping
from typing import Any

from bilag.companies.settings import Section
from bilag.companies.setup import Setup
from bilag.platforms.registry import platform_kinds
from bilag.posting.problem import Problem

CONNECTIONS = (Section.MOMENT, Section.PLATFORM)
CODES = {Section.MOMENT: "moment_not_entered", Section.PLATFORM: "accounting_not_entered"}
PLACEHOLDER = "unfinished:"
"""The prefix of the key of an unknown ledger or source; no platform and no address of Moment begins so."""


def is_placeholder(key: str | None) -> bool:
    """Return whether the key stands for a ledger or source that is not known yet."""
    return key is not None and key.startswith(PLACEHOLDER)


def shown_key(key: str) -> str:
    """Return the key as people see it; empty while it is not known."""
    return "" if is_placeholder(key) else key


def placeholder(slug: str) -> str:
    """Return the key of a company's ledger or source until it is known."""
    return f"{PLACEHOLDER}{slug}"


def moment_is_empty(company_id: str | None) -> bool:
    """Return whether the connection to Moment is not entered. `company_id` is the company's id there."""
    return not company_id


def platform_is_empty(kind: str, values: Mapping[str, Any]) -> bool:
    """Return whether the connection to accounting is not entered: a required setting other than a secret is blank."""
    return any(one.required and not values.get(one.name) for one in platform_kinds()[kind].fields if not one.secret)


def empty_of(setup: Setup) -> tuple[Section, ...]:
    """Return the connections of a setup that are not entered yet."""
    moment = (Section.MOMENT,) if moment_is_empty(setup.moment.company_id) else ()
    platform = (Section.PLATFORM,) if platform_is_empty(setup.platform_kind, setup.platform) else ()
    return (*moment, *platform)


def problem_of(connection: Section, kind: str) -> Problem:
    """Return the problem of an empty connection. Its subject is the field to fill in first."""
    first = "moment.company_id"
    if connection is Section.PLATFORM:
        first = next(f"platform.{kind}.{one.name}" for one in platform_kinds()[kind].fields if one.required)
    return Problem(CODES[connection], f"setup {first}")
