"""Fill an embedded database as a fleet fills it: companies, their transfers month by month, one attempt each, events, jobs.

Transfers are written by COPY, attempts by `insert … select` from them: no attempt travels to the server, and an attempt that Bilag
itself made gives each its packed JSON. Rows come in the order of time, as they do in a year of use: companies are mixed in each
page of the table, and most invoices come in the last days of a month. Memory does not grow with the number of rows.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

SLUG = "fjell"
"""The company that is measured: it has the largest share."""
SHARE = 0.01
"""Of all transfers that belong to it, at least."""
REAL_INVOICES = 16
"""So many invoices are transferred by Bilag itself first; the attempts of all others are copies of theirs."""
CHUNK = 2_000
EVENT_EVERY = 20
"""One event for so many transfers."""
LATE, LAST_DAYS = 0.6, 0.1
"""This part of a month's transfers comes in this last part of the month."""
FIRST_WORDS = (
    "Nordlys",
    "Fjord",
    "Brygge",
    "Havn",
    "Skog",
    "Sole",
    "Øst",
    "Sørlandet",
    "Haug",
    "Ås",
    "Kyst",
    "Elv",
    "Foss",
    "Berg",
)
SECOND_WORDS = (
    "Arkitekter",
    "Eiendom",
    "Bygg",
    "Rådgivning",
    "Konsulent",
    "Helse",
    "Energi",
    "Data",
    "Invest",
    "Kultur",
    "Maskin",
)
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "3GB",
    "autovacuum": "off",
}
"""Of the server, while it is filled."""
TRANSFER = (
    *("id", "company_id", "source_id", "ledger_id", "kind", "number", "moment_id", "moment_version", "state", "reason"),
    *(
        "problems",
        "request_count",
        "manual",
        "cause",
        "hinted_at",
        "requested_at",
        "next_at",
        "failures",
        "failing_since",
    ),
    *(
        "doubt_since",
        "accepted_hash",
        "voucher_number",
        "journal_number",
        "total",
        "currency",
        "customer_number",
        "name",
    ),
    *("unit_value", "export_status", "attempt_count", "done_at", "created_at", "updated_at"),
)
ATTEMPT = (
    *("id", "began_at", "ended_at", "verdict", "setup_version", "cause", "source_hash", "problems", "voucher_number"),
    *("journal_number", "company_id", "transfer_id", "ledger_id", "source", "exchanges", "plan"),
)
SAMPLES = """
create temporary table sample as
select transfer.kind, row_number() over (partition by transfer.kind order by attempt.id) - 1 as place,
    attempt.source, attempt.exchanges, attempt.plan, attempt.source_hash
from transfers_attempt attempt join transfers_transfer transfer on transfer.id = attempt.transfer_id
where attempt.verdict = 'done' and transfer.id <= %s
"""
ATTEMPTS = f"""
insert into {{table}} ({", ".join(ATTEMPT)})
select row.id, row.hinted_at, row.hinted_at + interval '700 ms',
    case row.state when 'waiting' then 'unavailable' when 'needs_attention' then 'refused' else row.state end,
    1, row.cause, sample.source_hash, row.problems, row.voucher_number, row.journal_number, row.company_id, row.id,
    row.ledger_id, sample.source, sample.exchanges, case when row.state = 'done' then sample.plan end
from transfers_transfer row
join sample on sample.kind = row.kind and sample.place = row.id %% (select count(*) from sample other where other.kind = row.kind)
where row.id between %s and %s and row.attempt_count > 0
"""
EVENTS = """
insert into events_event (company_id, at, name, good, origin, facts, problem)
select row.company_id, row.hinted_at, case when row.id %% 40 = 0 then 'poll_failed' else 'poll' end, row.id %% 40 <> 0, '',
    '{"invoice": "12/40", "project": "0/3", "customer": "1/2"}'::jsonb,
    case when row.id %% 40 = 0
        then '{"code": "moment_unavailable", "subject": "Moment", "facts": {}, "said": null}'::jsonb end
from transfers_transfer row where row.id between %s and %s and row.id %% %s = 0
"""
JOBS = """
insert into procrastinate_jobs (queue_name, task_name, args, priority, scheduled_at)
select 'default', 'transfers.work', jsonb_build_object('transfer_ids', jsonb_build_array(id)), 0,
    coalesce(next_at, now() + interval '1 day')
from transfers_transfer where id between %s and %s and state in ('queued', 'waiting', 'in_doubt')
"""
NONE, NO_PROBLEM = r"\N", "[]"
ATTENTION, WAITING = "account_inactive", "hub_unavailable"


@dataclass(frozen=True, slots=True)
class Filled:
    """What one filling wrote, and how quickly."""

    transfers: int
    attempts: int
    events: int
    copy_seconds: float
    attempt_seconds: float
    index_seconds: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.copy_seconds + self.attempt_seconds + self.index_seconds


@dataclass(frozen=True, slots=True)
class Place:
    """A company as rows name it."""

    company: int
    source: int
    ledger: int


def say(text: str) -> None:
    """Tell how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)


class Progress:
    """Says now and then how many rows a second are written, and how long the rest takes."""

    EVERY_SECONDS = 10.0

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._began = self._told = time.monotonic()

    def add(self, rows: int) -> None:
        """So many more were written."""
        self._done += rows
        now = time.monotonic()
        if now - self._told >= self.EVERY_SECONDS or self._done == self._total:
            self._told = now
            pace = self._done / max(now - self._began, 1e-6)
            left = (self._total - self._done) / pace
            say(f"{self._what}: {self._done:,} of {self._total:,}, {pace:,.0f} a second, {left:,.0f} s left")


@contextmanager
def careless(database: psycopg.Connection[Any]) -> Iterator[None]:
    """Let the server write without regard to a crash, while the database is filled."""
    for name, value in SETTINGS.items():
        database.execute(f"alter system set {name} = '{value}'")
    database.execute("select pg_reload_conf()")
    database.execute(
        "set maintenance_work_mem = '256MB'; set session_replication_role = replica"
    )  # foreign keys hold by themselves
    try:
        yield
    finally:
        for name in SETTINGS:
            database.execute(f"alter system reset {name}")
        database.execute("select pg_reload_conf()")
        database.execute("reset maintenance_work_mem; reset session_replication_role")
        database.execute("checkpoint")


def first_company(count: int) -> int:
    """Set the measured company up, and let Bilag transfer the first invoices of the sandboxes; returns its id."""
    # Imported here, because models need Django to be ready.
    from datetime import date

    from bilag.companies import lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup
    from bilag.transfers.delivery.runner import run_transfer
    from bilag.transfers.intake.accept import TransferRequest, accept
    from bilag.transfers.models import Kind
    from bilag_sandbox import hub, moment
    from bilag_sandbox.common import running
    from tests.support.world import Side, company_document

    with (
        running(hub.app(requests_per_minute=10_000_000)) as hub_url,
        running(moment.app(sample="drafts")) as moment_url,
        Side(moment_url) as source,
    ):
        document = company_document(moment_url, hub_url, {"company": {"slug": SLUG}})
        company: int = save_setup(parse_company_file(document, {}, Path()), origin="benchmark").company_id
        lifecycle.set_live(company, date(2020, 1, 1))
        made = source.ask("POST", "/admin/invoices/finalize", {"count": count})["invoices"]
        asked = [TransferRequest(Kind.INVOICE, str(one["invoiceNumber"])) for one in made]
        for pk in accept(company, asked):
            run_transfer(pk)
    return company


def more_companies(count: int) -> None:
    """Set up companies like the first, until there are so many. Each has secrets, a webhook address and poll marks of its own."""
    # Imported here, because models need Django to be ready.
    from django.db import transaction
    from django.utils import timezone

    from bilag.companies.models import Company, IntegrationSetup, Ledger, Source
    from bilag.companies.secrets import digest_of, opened, sealed
    from bilag.transfers.models import PollMark

    first = Company.objects.get(slug=SLUG)
    setup = IntegrationSetup.objects.get(company=first)
    secrets, now = opened(setup.secrets), timezone.now()
    progress = Progress("companies", count - 1)
    for begin in range(1, count, 1000):
        numbers = range(begin, min(begin + 1000, count))
        with transaction.atomic():
            companies = Company.objects.bulk_create(
                Company(
                    slug=f"fleet-{n}",
                    name=name_of(n, n),
                    live=True,
                    live_since=first.live_since,
                    webhook_token=sealed({"token": token_of(n)}),
                    webhook_digest=digest_of(token_of(n)),
                )
                for n in numbers
            )
            ledgers = Ledger.objects.bulk_create(
                Ledger(company=one, key=f"azets:fleet:{one.pk}", platform_kind=setup.platform_kind, used_at=now)
                for one in companies
            )
            sources = Source.objects.bulk_create(Source(company=one, key=f"fleet/{one.pk}") for one in companies)
            IntegrationSetup.objects.bulk_create(
                IntegrationSetup(
                    company=company,
                    moment_base_url=setup.moment_base_url,
                    moment_company_id=str(company.pk),
                    platform_kind=setup.platform_kind,
                    ledger=ledger,
                    source=source,
                    settings=setup.settings,
                    secrets=sealed(secrets),
                )
                for company, ledger, source in zip(companies, ledgers, sources, strict=True)
            )
            kinds = ("customer", "project", "invoice")
            PollMark.objects.bulk_create(
                PollMark(company=one, kind=kind, polled_at=now) for one in companies for kind in kinds
            )
        progress.add(len(numbers))


def token_of(place: int) -> str:
    """Return the token of a company's webhook address."""
    return f"fleet-token-{place}"


def months_of(now: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """Return the beginning and the end, in Oslo, of so many months that are over, and of the present one."""
    # Imported here, because it needs Django to be ready.
    from bilag.posting.selection import OSLO

    begin = now.astimezone(OSLO).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = [(begin, begin + timedelta(days=31))]
    for _ in range(count):
        begin, end = (begin - timedelta(days=1)).replace(day=1), begin
        found.append((begin, end))
    return found[::-1]


def times(now: datetime, months: int, count: int) -> Iterator[datetime]:
    """Yield so many times in order: those of a fleet over so many months and the part of the present one that is over."""
    spans = months_of(now, months)
    present = _part((now - spans[-1][0]) / (spans[-1][1] - spans[-1][0]))
    each = count / (months + present)
    counts = [round(each)] * (months - 1)
    last = round(each * present)
    counts += [count - sum(counts) - last, last]
    for (begin, end), own, whole in zip(spans, counts, [*counts[:-1], max(each, 1)], strict=True):
        for place in range(own):
            yield (begin + (end - begin) * _when((place + 0.5) / whole)).astimezone(UTC)


def _when(part: float) -> float:
    """Where in a month this part of its transfers has come."""
    if part < 1 - LATE:
        return part / (1 - LATE) * (1 - LAST_DAYS)
    return 1 - LAST_DAYS + (part - (1 - LATE)) / LATE * LAST_DAYS


def _part(when: float) -> float:
    """The part of a month's transfers that has come by then: the reverse of `_when`."""
    early = 1 - LAST_DAYS
    return when / early * (1 - LATE) if when < early else 1 - LATE + (when - early) / LAST_DAYS * LATE


class Rows:
    """The rows of transfers, as text for COPY. The same arguments give the same rows."""

    def __init__(self, places: Sequence[Place], seed: int = 1) -> None:
        self._places = places
        self._random = random.Random(seed)
        self._lots = self._draw_lots()
        self._customers = [0] * len(places)
        self._projects = [0] * len(places)
        self._invoices = [0] * len(places)

    def _draw_lots(self) -> list[int]:
        """Companies by place, each as often as its share of the transfers: few are large."""
        lots = 1 << 16
        weights = [self._random.lognormvariate(0, 1) for _ in self._places]
        weights[0] = max(SHARE / (1 - SHARE) * sum(weights[1:]), *weights)
        scale = lots / sum(weights)
        return [place for place, weight in enumerate(weights) for _ in range(max(1, round(weight * scale)))]

    def row(self, pk: int, at: datetime, unsettled: int | None) -> str:
        """Return a line. `unsettled` counts those that are not done; None for one that is settled."""
        drawn = self._random.getrandbits(48)
        place = self._lots[(drawn & 0xFFFFFF) % len(self._lots)]
        drawn >>= 24
        own, when = self._places[place], at.isoformat()
        kind, number, customer = self._object(place, drawn)
        invoice = kind == "invoice"
        state, reason, problems, failing, due, doubt = _standing(pk, unsettled, when)
        done = state == "done"
        voucher = number if done and invoice else NONE
        columns = (
            *(
                pk,
                own.company,
                own.source,
                own.ledger if done and invoice else NONE,
                kind,
                number,
                pk,
                1,
                state,
                reason,
            ),
            *(problems, 1, "f", "webhook", when, when, due, 0 if done else 1, failing),
            *(doubt, _hash(pk) if done else NONE, voucher, voucher),
            *((f"{drawn % 20_000_000 / 100:.2f}", "NOK") if invoice else (NONE, NONE)),
            *(customer, f"Prosjekt {number}" if kind == "project" else name_of(place, customer)),
            *(number if kind == "project" else NONE, "transferred" if invoice else NONE, 0 if state == "queued" else 1),
            *(when if done else NONE, when, when),
        )
        return "\t".join(map(str, columns)) + "\n"

    def _object(self, place: int, drawn: int) -> tuple[str, int, int]:
        """Kind and number of a company's next object, and the number of its customer."""
        customers = self._customers[place]
        if not customers or drawn % 25 == 0:
            self._customers[place] += 1
            return "customer", 20_001 + customers, 20_001 + customers
        customer = 20_001 + (drawn >> 5) % customers
        if drawn % 25 == 1:
            self._projects[place] += 1
            return "project", 50_000 + self._projects[place], customer
        self._invoices[place] += 1
        return "invoice", 100_000 + self._invoices[place], customer


def name_of(place: int, number: int) -> str:
    """Return the name of a company's customer: of words that many have, and its number."""
    return f"{FIRST_WORDS[number % len(FIRST_WORDS)]} {SECOND_WORDS[(number + place) % len(SECOND_WORDS)]} {number} AS"


def _hash(pk: int) -> str:
    return f"{pk * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF:016x}" * 4


def _standing(pk: int, unsettled: int | None, when: str) -> tuple[str, str, str, str, str, str]:
    """State, reason, problems, since when it fails, when it is due, and since when it is in doubt."""
    if unsettled is None:
        if pk % 100 == 3:
            return "skipped", "excluded" if pk % 10_000 == 3 else "switch_off", NO_PROBLEM, NONE, NONE, NONE
        return "done", NONE, NO_PROBLEM, NONE, NONE, NONE
    problem = '[{{"code": "{}", "subject": "line 1", "facts": {{"account": "{}"}}, "said": null}}]'
    match unsettled % 10:
        case 0 | 1 | 2 | 3:
            return "needs_attention", NONE, problem.format(ATTENTION, 3000 + unsettled % 7), NONE, NONE, NONE
        case 4:
            return "queued", NONE, NO_PROBLEM, NONE, NONE, NONE
        case 5:
            return "in_doubt", NONE, problem.format(WAITING, 0), when, "2100-01-01", when
        case _:
            return "waiting", NONE, problem.format(WAITING, 0), when, "2100-01-01", NONE


def places() -> list[Place]:
    """Return the companies there are, the measured one first."""
    # Imported here, because models need Django to be ready.
    from bilag.companies.models import IntegrationSetup

    rows = IntegrationSetup.objects.order_by("company_id").values_list("company_id", "source_id", "ledger_id")
    return [Place(*row) for row in rows]


def fill(
    database: psycopg.Connection[Any], rows: Rows, *, count: int, months: int, unsettled: int, samples_until: int
) -> Filled:
    """Write so many transfers and what belongs to them; `unsettled` of the last ones are not done. Attempts are copies of those of
    the transfers with ids up to `samples_until`. In `careless`; the indexes are the caller's."""
    now = datetime.now(UTC)
    [(first,)] = database.execute("select coalesce(max(id), 0) + 1 from transfers_transfer").fetchall()
    last = first + count - 1
    for begin, _end in months_of(now, months):
        exists = database.execute("select to_regclass(%s)", [f"transfers_attempt_{begin:%Y_%m}"]).fetchone()
        if exists == (None,):
            database.execute("select bilag_add_attempt_month(%s)", [begin.date()])
    began = time.monotonic()
    _copy_transfers(database, rows, first=first, count=count, when=times(now, months, count), unsettled=unsettled)
    copied = time.monotonic()
    attempts = _add_attempts(database, first, last, samples_until)
    events = database.execute(EVENTS, [first, last, EVENT_EVERY]).rowcount
    database.execute(JOBS, [first, last])
    for table in ("transfers_transfer", "transfers_attempt"):
        database.execute(f"select setval('{table}_id_seq', %s)", [last])
    written = time.monotonic()
    return Filled(count, attempts, events, copied - began, written - copied, 0.0)


def _copy_transfers(
    database: psycopg.Connection[Any], rows: Rows, *, first: int, count: int, when: Iterator[datetime], unsettled: int
) -> None:
    progress, every = Progress("transfers", count), min(10, count // max(1, unsettled)) or 1
    settled_until = count - unsettled * every
    with (
        database.cursor() as cursor,
        cursor.copy(f"copy transfers_transfer ({', '.join(TRANSFER)}) from stdin") as copy,
    ):
        lines: list[str] = []
        for place, at in enumerate(when):
            after = place - settled_until
            lines.append(rows.row(first + place, at, after // every if after >= 0 and after % every == 0 else None))
            if len(lines) == CHUNK or place == count - 1:
                copy.write("".join(lines))
                progress.add(len(lines))
                lines.clear()


def _add_attempts(database: psycopg.Connection[Any], first: int, last: int, samples_until: int) -> int:
    """Add the attempts, month by month and some at a time."""
    database.execute("drop table if exists sample")
    database.execute(SAMPLES, [samples_until])
    database.execute("analyze sample")
    progress, written, step = Progress("attempts", last - first + 1), 0, 200_000
    for begin in range(first, last + 1, step):
        end = min(last, begin + step - 1)
        written += database.execute(ATTEMPTS.format(table="transfers_attempt"), [begin, end]).rowcount
        progress.add(end - begin + 1)
    return written
