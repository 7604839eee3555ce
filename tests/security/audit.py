"""`python -m tests.security.audit`: are there known holes in what Bilag is shipped with?

pip-audit asks osv.dev about each package of uv.lock, at exactly the version that is locked. Where osv.dev is not reached,
nothing is known, and that is said.
"""

import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.paths import ROOT

SERVICE = "api.osv.dev"
TOOL = "pip-audit@2.10.1"
UV = Path(sys.executable).with_name("uv")
SKIPPED = 75
"""EX_TEMPFAIL: nothing was looked at."""


def why_not() -> str | None:
    """Why nothing can be looked at; None when it can."""
    if not UV.exists():
        return f"{UV} is not here: run make setup"
    try:
        with socket.create_connection((SERVICE, 443), timeout=3):
            return None
    except OSError as error:
        return f"{SERVICE} cannot be reached ({error})"


def shipped() -> str:
    """What is installed with Bilag, with versions, as pip writes it."""
    command = [
        str(UV),
        "export",
        "--frozen",
        "--no-dev",
        "--all-extras",
        "--no-emit-project",
        "--no-hashes",
        "--no-annotate",
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


def audit() -> "subprocess.CompletedProcess[str]":
    """What pip-audit says; its exit status is 1 when it knows of a hole."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text(shipped())
        asked = ["-s", "osv", "--no-deps", "--disable-pip", "--progress-spinner", "off", "-r", str(listed)]
        return subprocess.run(
            [str(UV), "tool", "run", TOOL, *asked], capture_output=True, text=True, check=False, timeout=300
        )


def main() -> int:
    reason = why_not()
    if reason is not None:
        sys.stderr.write(f"The dependencies were not looked at: {reason}.\n")
        return SKIPPED
    done = audit()
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
