"""Before the demo switches the company on: rehearse last year's books and take the setup from them."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import httpx2

from bilag.cli.output import say

SLUG, CLIENT, COMPANY = "fjell", "123", "4021"
KEY = "example-moment-key"
PAGE = 200
HABITS = {"projectUnit": 2, "departmentUnit": 1, "roundingAccount": "7745", "text": "number"}
"""How the earlier integration posted."""
MISTAKES = {"missing": 1, "oreOff": 1, "twice": 1, "wrongVatCode": 1}
EXPECTED = {
    "dimensions.project": "2",
    "dimensions.department": "1",
    "rounding.account": "7745",
    "texts.voucher": "Faktura {number}",
}


def rehearse_last_year(moment: str, hub: str, environment: dict[str, str]) -> tuple[str, list[str]]:
    """Let the earlier integration post its year, rehearse it and accept all proposals.

    Returns the accepted settings as sections of the company file, and every fault.
    """
    invoices = _finalised(moment)
    days = [date.fromisoformat(one["issueDate"]) for one in invoices]
    body = {"invoices": invoices, "habits": HABITS, "mistakes": MISTAKES}
    answer = httpx2.post(f"{hub}/admin/clients/{CLIENT}/history", json=body, timeout=60)
    answer.raise_for_status()
    say(f"\nAnother integration has posted {answer.json()['posted']} invoices of the last year. Bilag rehearses them:")
    period = ("--from", str(min(days)), "--to", str(max(days)))
    before = _rehearsed(environment, *period)
    say(f"  {before['headline']}")
    proposals = [one for one in before["proposals"] if one["standing"] == "proposed"]
    for one in proposals:
        say(f"  {one['name']}: {one['message']}")
    after = _rehearsed(environment, *period, "--accept-all")
    say(f"  {after['headline']}")
    for one in after["causes"]:
        if one["first"] and one["kind"] not in ("text", "entry_text", "line_texts"):
            say(f"  {one['count']:>4} × {one['message']} First: {one['first']['number']}.")
    found = {one["name"]: one["value"] for one in proposals}
    broken = [] if found == EXPECTED else [f"the books were kept by {EXPECTED}, but {found} was proposed"]
    differing = sum(after["counts"][name] for name in ("differs", "missing", "duplicate", "stopped", "unknown"))
    if differing != sum(MISTAKES.values()) or after["counts"]["unexplained"]:
        broken.append(f"{sum(MISTAKES.values())} mistakes were made, but {differing} vouchers differ")
    return _sections({name: value for one in proposals for name, value in one["settings"].items()}), broken


def _finalised(moment: str) -> list[dict[str, Any]]:
    """Return Moment's finalised invoices."""
    found: list[dict[str, Any]] = []
    page = 0
    while page == 0 or len(found) == page * PAGE:
        page += 1
        params = {"invoiceState": "finalized", "page": str(page), "size": str(PAGE)}
        address = f"{moment}/api/1.0/companies/{COMPANY}/invoices"
        answer = httpx2.get(address, params=params, auth=("apikey", KEY), timeout=60)
        found += answer.raise_for_status().json()["content"]
    return found


def _rehearsed(environment: dict[str, str], *options: str) -> dict[str, Any]:
    from bilag.cli.demo.processes import DemoFault

    say(f"$ bilag rehearse {SLUG} {' '.join(options)}")
    command = [sys.executable, "-m", "bilag.cli", "rehearse", SLUG, *options, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise DemoFault(f"The rehearsal failed:\n{done.stderr}{done.stdout}")
    return dict(json.loads(done.stdout))


def _sections(settings: dict[str, Any]) -> str:
    """Write settings by dotted name as sections of the company file."""
    sections: dict[str, list[str]] = {}
    for name, value in settings.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, []).append(f"{key} = {json.dumps(value)}")
    return "\n\n".join("\n".join([f"[{section}]", *lines]) for section, lines in sections.items())
