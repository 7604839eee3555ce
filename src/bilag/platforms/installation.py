"""Fields that the operator gives once for all companies of an installation: `PlatformKind.installation_fields`.

They are environment variables, as everything else that an operator gives: BILAG_POWEROFFICE_GO_APPLICATION_KEY is the field
`application_key` of `poweroffice_go`. NAME_FILE instead names a file that holds the value, as container secrets are mounted.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from bilag.platforms.base import PlatformKind, SetupField
from bilag.platforms.registry import platform_kinds
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured


def variable_of(kind: PlatformKind, field: SetupField) -> str:
    """Return the name of the environment variable that gives the field."""
    return f"BILAG_{kind.name}_{field.name}".upper()


def installation_values(kind: PlatformKind, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the platform's installation fields by name, cleaned, with defaults; without those that are not given.

    `variables` None: the process's environment. Raises `Misconfigured` with `installation_field_missing` for each required field
    that is not given, and `installation_field_wrong` for each that cannot be used. No value appears in a problem.
    """
    given = os.environ if variables is None else variables
    values, problems = {}, []
    for field in kind.installation_fields:
        name = variable_of(kind, field)
        facts = {"variable": name, "platform": kind.label}
        try:
            text = _given(given, name) or field.default
            value = field.clean(text)[0] if text and field.clean is not None else text
        except (ValueError, OSError):
            problems.append(Problem("installation_field_wrong", "installation", facts))
            continue
        if value:
            values[field.name] = value
        elif field.required:
            problems.append(Problem("installation_field_missing", "installation", facts))
    if problems:
        raise Misconfigured(problems)
    return values


def usable_kinds() -> dict[str, PlatformKind]:
    """Return the platforms that a company can use here, by name: those whose installation fields are given."""
    return {name: kind for name, kind in platform_kinds().items() if not missing_variables(kind)}


def missing_variables(kind: PlatformKind) -> tuple[str, ...]:
    """Return the environment variables that a platform needs and that are not given, or cannot be used."""
    try:
        installation_values(kind)
    except Misconfigured as error:
        return tuple(problem.facts["variable"] for problem in error.problems)
    return ()


def _given(variables: Mapping[str, str], name: str) -> str:
    """Return the variable's value, or the content of the file that NAME_FILE names. Raises `OSError` and `ValueError`."""
    path = variables.get(f"{name}_FILE", "")
    return (Path(path).read_text(encoding="utf-8") if path else variables.get(name, "")).strip()
