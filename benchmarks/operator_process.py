"""A process beside the service, in its environment: sets companies up and asks for polls, without a start for each command.

It reads a JSON command a line and answers with a JSON line. Run by `benchmarks.service`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bilag.cli.django_ready import make_ready


def set_up(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Save and check companies; gives each one's id and webhook address. Raises `SystemExit` if a check fails."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import store
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import check_saved, save_setup
    from bilag.transfers.queries.company import webhook_url

    made = []
    for document in documents:
        saved = save_setup(parse_company_file(document, {}, Path()), origin="benchmark", live=True)
        report = check_saved(saved).report
        if not report.ok:
            raise SystemExit(f"the check of {document['company']['slug']} failed: {report}")
        made.append({"id": saved.company_id, "webhook": webhook_url(store.load_setup(saved.company_id))})
    return made


def poll(companies: list[int]) -> None:
    """Enqueue a poll of each company, as the schedule does."""
    from bilag.transfers import enqueue

    for company_id in companies:
        enqueue.ask_poll(company_id)


COMMANDS: dict[str, Callable[[Any], Any]] = {"set_up": set_up, "poll": poll}


def main() -> None:
    """Answer commands until the input ends."""
    make_ready()
    for line in sys.stdin:
        command = json.loads(line)
        answer = COMMANDS[command["do"]](command["with"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
