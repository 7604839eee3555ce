"""A process beside the service, in its environment: sets companies up and asks for polls, without a start for each command.

It reads a JSON command a line and answers with a JSON line. Run by `benchmarks.service`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import many_rows
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


def sign_in(company_id: int) -> str:
    """Make an owner of the company; gives the cookie that this person is signed in with."""
    from django.conf import settings
    from django.test import Client

    from bilag.members.models import Membership, User

    user = User.objects.create_user(f"owner@{company_id}.example")
    Membership.objects.create(company_id=company_id, user=user, role="owner")
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


COMMANDS: dict[str, Callable[[Any], Any]] = {
    "set_up": set_up,
    "poll": poll,
    "sign_in": sign_in,
    "fill": lambda given: many_rows.fill(*given),
}


def main() -> None:
    """Answer commands until the input ends."""
    make_ready()
    for line in sys.stdin:
        command = json.loads(line)
        answer = COMMANDS[command["do"]](command["with"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
