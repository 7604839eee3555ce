"""The packages that Bilag is shipped with have no holes that are known."""

import re
import tomllib

import pytest

from tests.security import audit


def test_no_shipped_package_has_a_known_hole() -> None:
    reason = audit.why_not()
    if reason is not None:
        pytest.skip(f"{reason}: whether a dependency has a known hole cannot be asked from here")
    done = audit.audit()
    if done.returncode not in (0, 1):
        pytest.skip(f"pip-audit could not ask: {done.stderr.strip().splitlines()[-1:]}")
    assert done.returncode == 0, done.stdout


def test_every_direct_dependency_is_locked_and_audited() -> None:
    given = tomllib.loads((audit.ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    direct = {re.split(r"[\[<>=]", one)[0].lower() for one in given}
    listed = {
        line.partition("==")[0].partition("[")[0].lower() for line in audit.shipped().splitlines() if "==" in line
    }
    assert direct - listed == set()
    assert "pytest" not in listed, "what only tests use is not shipped"
