"""`bilag demo`: run everything on this machine, and show invoices from Moment becoming posted vouchers."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bilag.cli.company import STEPS
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, fail, say

SLUG = "fjell"
EVERY_SECONDS = 0.2
SETTLE_SECONDS = 90.0
STARTS = 3
"""How often the demo starts when another program takes one of its ports between the choice of the port and its use."""
COMPANY_FILE = """\
# Written by `bilag demo`: the sample company on the stand-in servers.
[company]
slug = "fjell"
name = "Fjell Arkitekter AS"
language = "nb"
live = {live}

[moment]
base_url = "{moment}"
company_id = "4021"
api_key = "example-moment-key"

[platform]
kind = "azets"

[platform.azets]
base_url = "{hub}/v1"
username = "moment-fjellvann"
password = "example-password"
source_client_id = "123"
parent_client_id = "S2041"

{accepted}

[expenses]
import = true
activity = "Utlegg"

[notify]
emails = ["regnskap@fjell.example"]
"""


@guarded
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Run through and exit. Exit status 1 if a check failed.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="The port of Bilag's pages. Default: 8000, or another one if it is in use."
        ),
    ] = None,
) -> None:
    """Start PostgreSQL, Bilag and stand-ins for Moment and Azets. Finalise invoices and show the posted vouchers.

    The data is in .bilag-demo (or BILAG_HOME) and is replaced at each start. Stop everything with Ctrl-C.

    Example: bilag demo --once
    """
    from bilag.cli.demo.processes import DemoFault, PortTaken

    signal.signal(signal.SIGTERM, _interrupt)
    named = os.environ.get("BILAG_HOME")
    try:
        for start in range(STARTS):
            try:
                status = _run(named, port, once=once)
                break
            except PortTaken:
                if start == STARTS - 1:
                    raise
                say("Another program took a port in the meantime. Starting again.")
    except DemoFault as error:
        fail(str(error), NEEDS_ATTENTION)
    except KeyboardInterrupt:
        say("Stopped.")
        raise typer.Exit(0 if not once else NEEDS_ATTENTION) from None
    if status:
        raise typer.Exit(status)


def _interrupt(_number: int, _frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Isolate the demo: use nothing of the caller's own Bilag."""
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BILAG_SECRET_KEYS")}
    own |= {
        "BILAG_HOME": str(folder / "bilag"),
        "BILAG_LISTEN": f"127.0.0.1:{port}",
        "BILAG_BASE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "bilag.service.settings",
    }
    os.environ.clear()
    os.environ.update(own)
    return own


def _run(named: str | None, port: int | None, *, once: bool) -> int:
    """Start everything in an empty folder, show the invoices, and stop everything. Return the exit status."""
    from bilag.cli.demo.processes import Parts, check_free, free_port, fresh_folder

    began = time.monotonic()
    if port is not None:
        check_free(port)
    folder = fresh_folder(named)
    ports = {"bilag": free_port(port or 8000, say)}
    for name, usual in (("moment", 8101), ("hub", 8102)):
        ports[name] = free_port(usual + 10 if usual == port else usual, say)
    environment = _environment(folder, ports["bilag"])
    with Parts(folder, environment) as parts:
        moment, hub = _start(folder, ports, environment, parts)
        say(
            f"  Moment {moment}   Azets {hub}   Bilag {environment['BILAG_BASE_URL']}   ({time.monotonic() - began:.1f} s)"
        )
        status = _show(folder, moment, hub, environment)
        if not once:
            _stay(folder, environment, moment, parts)
    return status


def _start(folder: Path, ports: dict[str, int], environment: dict[str, str], parts: Any) -> tuple[str, str]:
    """Start both stand-in servers and Bilag. Return the addresses of the stand-ins."""
    moment, hub = f"http://127.0.0.1:{ports['moment']}", f"http://127.0.0.1:{ports['hub']}"
    bilag = environment["BILAG_BASE_URL"]
    say("Starting PostgreSQL, Moment, Azets and Bilag …")
    parts.start(
        *("moment", "sandbox", "moment", "--port", str(ports["moment"]), "--data", str(folder / "moment")),
        says=f"answers on {moment}.",
        answers=f"{moment}/admin/state",
    )
    options = ("--data", str(folder / "hub"), "--requests-per-minute", "60000")
    parts.start(
        *("hub", "sandbox", "azets", "--port", str(ports["hub"]), *options),
        says=f"answers on {hub}/v1.",
        answers=f"{hub}/admin/state",
    )
    parts.start("bilag", "serve", says=f"Bilag serves {bilag}", answers=f"{bilag}/readyz")
    return moment, hub


def _show(folder: Path, moment: str, hub: str, environment: dict[str, str]) -> int:
    """Set up the company, rehearse its last year, post its invoices, import expenses, and check both systems. Return the exit
    status."""
    from bilag.cli.demo.rehearsal import rehearse_last_year

    _set_up(folder, moment, hub, environment, live=False)
    accepted, faults = rehearse_last_year(moment, hub, environment)
    say("\nThe proposals are in the company file now. It is switched on:")
    _set_up(folder, moment, hub, environment, live=True, accepted=accepted)
    from bilag.cli.django_ready import make_ready

    make_ready()
    from bilag.cli.demo.checks import prove
    from bilag.cli.demo.expenses import bring_expenses_back
    from bilag.cli.demo.live_table import Watch
    from bilag.cli.demo.users import add_people, sign_in_words

    add_people()
    watch = Watch(SLUG)
    with watch:
        numbers = _finalise_all(moment, watch)
        _wait_until_settled(numbers, watch)
    more, broken = bring_expenses_back(moment, hub, environment)
    _wait_until_settled(more, watch)
    status = prove(numbers + more, hub, faults + broken)
    for line in sign_in_words(environment["BILAG_BASE_URL"], SLUG):
        say(line)
    return status


def _set_up(
    folder: Path, moment: str, hub: str, environment: dict[str, str], *, live: bool, accepted: str = ""
) -> None:
    """Apply the company file as a user would, and enter its webhook address in Moment. `accepted` are sections of the file."""
    import httpx2

    from bilag.cli.demo.processes import DemoFault

    file = folder / "fjell.toml"
    file.write_text(
        COMPANY_FILE.format(moment=moment, hub=hub, live=str(live).lower(), accepted=accepted), encoding="utf-8"
    )
    say(f"$ bilag company apply {file}")
    command = [sys.executable, "-m", "bilag.cli", "company", "apply", str(file), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoFault(f"The setup of the company failed:\n{done.stderr}{done.stdout}")
    applied = json.loads(done.stdout)
    for step in applied["check"]["steps"]:
        say(f"  {step['standing']:>7}  {STEPS.get(step['name'], step['name'])}: {step['detail']}")
    url = applied["webhookUrl"]
    httpx2.put(
        f"{moment}/admin/webhooks", json=dict.fromkeys(("invoice", "customer", "project"), url)
    ).raise_for_status()


def _finalise_all(moment: str, watch: Any) -> list[int]:
    """Finalise the drafts one by one, as an office does at the end of the month, but faster."""
    import httpx2

    numbers: list[int] = []
    pause = threading.Event()
    while True:
        at = time.monotonic()
        answer = httpx2.post(f"{moment}/admin/invoices/finalize", json={"count": 1}, timeout=30)
        answer.raise_for_status()
        finalised = answer.json()["invoices"]
        if not finalised:
            return numbers
        for invoice in finalised:
            numbers.append(invoice["invoiceNumber"])
            watch.finalised(invoice["invoiceNumber"], datetime.fromisoformat(invoice["finalizedDate"]))
        while time.monotonic() - at < EVERY_SECONDS:
            watch.refresh()
            pause.wait(0.05)


def _wait_until_settled(numbers: list[int], watch: Any) -> None:
    until, pause = time.monotonic() + SETTLE_SECONDS, threading.Event()
    while time.monotonic() < until and not watch.settled(numbers):
        watch.refresh()
        pause.wait(0.05)
    watch.refresh()


def _stay(folder: Path, environment: dict[str, str], moment: str, parts: Any) -> None:
    """Keep everything running until Ctrl-C."""
    say("")
    say("Everything keeps running. Try these commands in another terminal:")
    say(f"  export BILAG_HOME={environment['BILAG_HOME']} BILAG_LISTEN={environment['BILAG_LISTEN']}")
    say(f"  export PATH={Path(sys.executable).parent}:$PATH")
    say(f"  bilag status {SLUG}        bilag transfers {SLUG}        bilag preview {SLUG} NUMBER")
    say(f"  curl -X POST {moment}/admin/invoices/NUMBER-ID/credit -d '{{}}'      docs/demo.md has more experiments")
    say(f"Data and logs: {folder}. Stop everything with Ctrl-C.")
    pause, reported = threading.Event(), set[str]()
    while True:
        pause.wait(1)
        for name in set(parts.ended()) - reported:
            reported.add(name)
            say(f"{name} was stopped. docs/demo.md explains how to start it again.")
