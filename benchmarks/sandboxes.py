"""Both sandboxes, and the service between them, for benchmarks of what the stand-ins do not play."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import processes
from benchmarks.service import all_done, is_ready, wait_for
from bilag.cli.demo.command import COMPANY_FILE
from bilag.cli.demo.processes import Parts, free_port


@contextlib.contextmanager
def sandboxes(folder: Path, *, sample: str) -> Iterator[dict[str, str]]:
    """Run both sandboxes as processes of their own; yields addresses and the environment for Bilag."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    ports = {name: free_port(0, lambda _: None) for name in ("moment", "hub", "bilag")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILAG_")}
    environment |= {
        "BILAG_HOME": str(folder / "home"),
        "BILAG_LISTEN": f"127.0.0.1:{ports['bilag']}",
        "BILAG_BASE_URL": urls["bilag"],
        "DJANGO_SETTINGS_MODULE": "bilag.service.settings",
    }
    with Parts(folder, environment) as parts:
        for name, kind, more in (
            ("moment", "moment", ("--sample", sample)),
            ("hub", "azets", ("--requests-per-minute", "10000000")),
        ):
            arguments = ("sandbox", kind, "--port", str(ports[name]), "--data", str(folder / name), *more)
            parts.start(name, *arguments, says=urls[name], answers=f"{urls[name]}/admin/state")
        yield {**urls, "folder": str(folder), "environment": json.dumps(environment)}


def hub_values(hub: str) -> dict[str, str]:
    """Return the hub's setup fields for the sandbox's default client."""
    return {
        "base_url": f"{hub}/v1",
        "username": "moment-fjellvann",
        "password": "example-password",
        "source_client_id": "123",
        "parent_client_id": "S2041",
    }


@contextlib.contextmanager
def service(folder: Path) -> Iterator[dict[str, Any]]:
    """Run the service between both sandboxes, with the company set up and its master data transferred."""
    with sandboxes(folder, sample="drafts") as urls, (folder / "serve.log").open("wb") as log:
        environment = json.loads(urls["environment"])
        with processes.python("-m", "bilag.cli", "serve", environment=environment, log=log) as process:
            wait_for(lambda: is_ready(urls["bilag"], [process]), lambda: "the service")
            file = folder / "fjell.toml"
            file.write_text(COMPANY_FILE.format(moment=urls["moment"], hub=urls["hub"]), encoding="utf-8")
            command = [sys.executable, "-m", "bilag.cli", "company", "apply", str(file), "--json"]
            applied = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
            socket = str(Path(environment["BILAG_HOME"]) / "postgres")
            with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as database:
                wait_for(lambda: all_done(database, ("customer", "project"), 2), lambda: "the master data")
            yield {**urls, "environment": environment, "process": process, "webhook": applied["webhookUrl"]}
