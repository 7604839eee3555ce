"""Check everything that an operator can get wrong, and say of each thing what to do. Nothing is changed."""

import os
import smtplib
import socket
import ssl
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psutil
import psycopg

from bilag.messages import render_problem
from bilag.platforms.base import PlatformKind
from bilag.platforms.installation import installation_values, variable_of
from bilag.platforms.registry import platform_kinds
from bilag.posting.problem import Problem
from bilag.service.environment import Environment, EnvironmentFault
from bilag.wire.errors import Misconfigured

State = Literal["ok", "warning", "error"]
OK: State = "ok"
WARNING: State = "warning"
ERROR: State = "error"
VARIABLES = (
    "database_connections", "time_scale", "listen", "probes", "allow_inside", "base_url", "openid_connect", "email", "log_format",
)  # fmt: skip
"""Properties of the environment, each of which raises for an unusable value."""
MAIL_SECONDS = 4.0
SKEW_WARNED, SKEW_WRONG = timedelta(seconds=2), timedelta(seconds=30)
LATE, SELDOM = timedelta(minutes=5), timedelta(hours=1)
"""A task that runs more rarely may have been missed once, in an outage."""
LEAST_SPACE = 2_000_000_000
OLDEST_POSTGRES = 140000


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `remedy` is empty if nothing needs to be done."""

    name: str
    state: State
    said: str
    remedy: str = ""


def environment_findings(environment: Environment) -> Iterator[Finding]:
    """Check the variables, as far as possible without a database."""
    faults = list(dict.fromkeys(filter(None, (_fault(environment, name) for name in VARIABLES))))
    for fault in faults:
        yield Finding("Environment", ERROR, *sentences(fault))
    if not faults:
        yield Finding("Environment", OK, "Every variable can be used.")
        yield from _address(environment)
        yield from _mail(environment)
    yield traces_finding(environment)
    yield from installation_findings(environment)
    yield from _folders(environment)


def traces_finding(environment: Environment) -> Finding:
    """Check the traces' address, and whether a collector accepts them there."""
    from bilag.service import traces

    wanted = traces.endpoint(environment.variables)
    if wanted is None:
        return Finding(
            "Traces", OK, f"No traces are sent. To send them, set {traces.ENDPOINT} to the address of a collector."
        )
    wrong = traces.fault(environment.variables)
    if wrong:
        return Finding("Traces", ERROR, *sentences(wrong))
    name, address = wanted
    collector = traces.shown(address)
    fault = traces.refusal()
    if fault:
        remedy = f"Check {name} and the collector. Invoices are transferred without it, too."
        return Finding("Traces", ERROR, f"The collector {collector} {fault}.", remedy)
    return Finding("Traces", OK, f"Traces go to {collector}, which takes them.")


def installation_findings(environment: Environment) -> Iterator[Finding]:
    """Check the installation-wide values of each platform that needs any (`installation_fields`)."""
    for kind in platform_kinds().values():
        if not kind.installation_fields:
            continue
        if not _is_begun(kind, environment):
            required = [variable_of(kind, field) for field in kind.installation_fields if field.required]
            if required:
                said = f"No company can use {kind.label} here."
                yield Finding(kind.label, OK, said, f"If one is to, set {' and '.join(required)}.")
            continue
        try:
            installation_values(kind, environment.variables)
        except Misconfigured as error:
            for problem in error.problems:
                yield Finding(kind.label, ERROR, render_problem(problem, "en").message, _to_set(problem))
        else:
            yield Finding(kind.label, OK, "The keys of this installation are set.")


def _fault(environment: Environment, name: str) -> str:
    try:
        getattr(environment, name)
    except EnvironmentFault as fault:
        return str(fault)
    return ""


def sentences(text: str) -> tuple[str, str]:
    """Split a refusal into what is wrong and what to do."""
    said, _, remedy = text.partition(". ")
    return f"{said.rstrip('.')}.", f"{remedy.rstrip('.')}." if remedy else ""


def _address(environment: Environment) -> Iterator[Finding]:
    address = urlsplit(environment.base_url)
    remedy = "Set BILAG_BASE_URL to the public address, such as https://bilag.example."
    if address.scheme not in ("http", "https") or not address.hostname:
        yield Finding("Address", ERROR, f"BILAG_BASE_URL is {environment.base_url!r}, which is no web address.", remedy)
    elif address.hostname in ("localhost", "127.0.0.1", "0.0.0.0", "::1"):  # noqa: S104 - compared with, not bound to
        said = f"Links in emails and the webhook addresses lead to {environment.base_url}, which others do not reach."
        yield Finding("Address", WARNING, said, remedy)
    elif address.scheme == "http":
        said = f"{environment.base_url} is not encrypted: passwords and invoices can be read on the way."
        yield Finding(
            "Address", WARNING, said, "Put a proxy with https in front, and set BILAG_BASE_URL to its address."
        )
    else:
        yield Finding("Address", OK, f"{environment.base_url}.")


def _mail(environment: Environment) -> Iterator[Finding]:
    given = environment.email
    if "EMAIL_FILE_PATH" in given:
        said = f"E-mails are kept as files in {given['EMAIL_FILE_PATH']}; nobody receives them."
        yield Finding("Email", WARNING, said, "Set EMAIL_URL to a mail server, such as smtp://user:password@host:587.")
        return
    server = f"{given['EMAIL_HOST']}:{given['EMAIL_PORT']}"
    try:
        _greet(given)
    except smtplib.SMTPAuthenticationError:
        said = f"The mail server {server} refuses the user or the password."
        yield Finding(
            "Email", ERROR, said, "Check user and password in EMAIL_URL; write special characters percent-encoded."
        )
    except (OSError, smtplib.SMTPException) as error:
        yield Finding(
            "Email",
            ERROR,
            f"The mail server {server} cannot be used: {_short(error)}.",
            "Check host, port and encryption in EMAIL_URL: smtps:// for port 465, smtp:// for 587.",
        )
    else:
        yield Finding("Email", OK, f"The mail server {server} accepts email.")


def _greet(given: dict[str, object]) -> None:
    """Sign in to the mail server as Django does, and send nothing."""
    host, port = str(given["EMAIL_HOST"]), int(str(given["EMAIL_PORT"]))
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=MAIL_SECONDS, context=context)
        if given["EMAIL_USE_SSL"]
        else smtplib.SMTP(host, port, timeout=MAIL_SECONDS)
    ) as server:
        if given["EMAIL_USE_TLS"]:
            server.starttls(context=context)
        if given["EMAIL_HOST_USER"]:
            server.login(str(given["EMAIL_HOST_USER"]), str(given["EMAIL_HOST_PASSWORD"]))
        server.noop()


def _short(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, socket.gaierror):
        text = "its name cannot be resolved"
    return " ".join(text.split()).rstrip(".") or type(error).__name__


def _folders(environment: Environment) -> Iterator[Finding]:
    home, key = environment.home, environment.key_file
    lax = [path for path in (key, home / "mail") if path is not None and path.exists() and _mode(path) & 0o077]
    for path in lax:
        wanted = "0700" if path.is_dir() else "0600"
        said = f"Other users of this machine may read {path} (mode {_mode(path):04o})."
        yield Finding("Folders", ERROR, said, f"Run: chmod {wanted} {path}")
    if environment.database_url is None and home.exists():
        free = psutil.disk_usage(str(home)).free
        if free < LEAST_SPACE:
            said = f"The disk of {home} has {free / 1e9:.1f} GB left; the database needs room."
            yield Finding("Folders", ERROR, said, "Make room, or move BILAG_HOME to a larger disk.")
            return
    if not lax:
        yield Finding("Folders", OK, f"The key and the emails in {home} are closed to other users.")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def process_findings(concurrency: int) -> Iterator[Finding]:
    """Check the limits of a process that is started as this one was."""
    from bilag.service import limits

    limit = limits.raise_limit()
    if limit < limits.needed(concurrency):
        yield Finding("Open files", ERROR, *sentences(limits.too_low(limit, concurrency)))
    else:
        yield Finding(
            "Open files", OK, f"A process may open {limit} files; a worker needs {limits.needed(concurrency)}."
        )


def database_findings() -> Iterator[Finding]:
    """Check the database and its content. Call it when Django has its settings, before any other check."""
    from bilag.service import admission
    from bilag.service.database_faults import DatabaseAway

    try:
        with admission.direct() as database:
            found = admission.found_in(database)
            yield _server(database)
            yield from _room(database)
            yield _clock(database)
    except DatabaseAway as away:
        yield Finding("Database", ERROR, *sentences(str(away)))
        return
    schema = _checked("Schema", lambda: admission.check_schema(found))
    yield schema
    if not found.is_exact:
        return
    yield _checked("Key", lambda: admission.compare_keys(found))
    yield from installations_in_use(Environment(os.environ))
    yield _months()
    yield from _work()


def installations_in_use(environment: Environment) -> Iterator[Finding]:
    """Return the companies that use a platform whose installation-wide values the operator has not set at all."""
    from bilag.companies.models import Ledger

    for kind in platform_kinds().values():
        try:
            installation_values(kind, environment.variables)
        except Misconfigured as error:
            users = Ledger.objects.filter(platform_kind=kind.name, left_at=None).count()
            if users and not _is_begun(kind, environment):  # else `installation_findings` reports it
                said = f"Companies that use {kind.label} and cannot work: {users}."
                yield Finding(kind.label, ERROR, said, _to_set(error.problems[0]))


def _to_set(problem: Problem) -> str:
    verb = "Correct" if problem.code == "installation_field_wrong" else "Set"
    return f"{verb} {problem.facts['variable']}, and start Bilag again."


def _is_begun(kind: PlatformKind, environment: Environment) -> bool:
    """Return whether the operator has set any of the platform's values."""
    names = [variable_of(kind, field) for field in kind.installation_fields]
    return any(environment.variables.get(name) or environment.variables.get(f"{name}_FILE") for name in names)


def _server(database: "psycopg.Connection[Any]") -> Finding:
    from bilag.service.connections import leads_to_pooler

    version = database.info.server_version
    if version < OLDEST_POSTGRES:
        said = f"The database is PostgreSQL {version // 10000}, which Bilag is not tested with."
        return Finding("Database", WARNING, said, "Upgrade to PostgreSQL 14 or later.")
    pooler = "; a connection pooler is in front" if leads_to_pooler(database) else ""
    return Finding("Database", OK, f"PostgreSQL {version // 10000}.{version % 10000} answers{pooler}.")


def _room(database: "psycopg.Connection[Any]") -> Iterator[Finding]:
    from bilag.service import connections
    from bilag.service.environment import environment

    room = connections.room(database, environment.database_connections)
    said = f"{room.running()}."
    if room.fits():
        yield Finding("Connections", OK, said)
    else:
        remedy = "Raise max_connections, lower BILAG_DATABASE_CONNECTIONS, or put pgbouncer in front (docs/fleet.md)."
        yield Finding("Connections", ERROR, said, remedy)


def _clock(database: "psycopg.Connection[Any]") -> Finding:
    before = time.time()
    ((there,),) = database.execute("select extract(epoch from clock_timestamp())").fetchall()
    middle = (before + time.time()) / 2
    skew = timedelta(seconds=abs(float(there) - middle))
    said = f"This machine's clock and the database's differ by {skew.total_seconds():.1f} seconds."
    if skew < SKEW_WARNED:
        return Finding("Clock", OK, said)
    return Finding(
        "Clock", ERROR if skew > SKEW_WRONG else WARNING, said, "Let both machines follow a time server (NTP)."
    )


def _checked(name: str, check: Callable[[], object]) -> Finding:
    try:
        changed = check()
    except EnvironmentFault as fault:
        return Finding(name, ERROR, *sentences(str(fault)))
    if changed:  # only an embedded database, which the next command migrates
        return Finding(
            name, WARNING, "The embedded database is older than this version of Bilag.", "Run: bilag migrate"
        )
    return Finding(name, OK, "It fits the database.")


def _months() -> Finding:
    """Check that the present month's attempts and those of the coming months have partitions of their own."""
    from bilag.posting.selection import oslo_date
    from bilag.transfers import attempt_months

    missing = attempt_months.missing(oslo_date(datetime.now(UTC)))
    if not missing:
        return Finding("Attempts", OK, "The table of attempts has a partition for this month and the coming ones.")
    named = " and ".join(f"{month:%Y-%m}" for month in missing)
    said = f"The table of attempts has no partition for {named}, which retention could drop: {attempt_months.OTHER} takes them."
    return Finding("Attempts", WARNING, said, "Run: bilag migrate")


def _work() -> Iterator[Finding]:
    """Check that workers are alive and that every periodic task was queued lately."""
    from bilag.jobs.health import worker_alive

    if not worker_alive():
        yield Finding(
            "Worker", ERROR, "No worker is alive: nothing is transferred.", "Start: bilag serve, or bilag worker."
        )
        return
    late = list(_late_tasks())
    for name, at in late:
        last = f"last on {at:%Y-%m-%d at %H:%M} UTC" if at else "never"
        said = f"The periodic task {name} was queued {last}."
        yield Finding("Periodic tasks", ERROR, said, "Restart the workers, and read their log for worker.failed.")
    if not late:
        yield Finding("Worker", OK, "A worker is alive, and periodic tasks run.")


def _late_tasks() -> Iterator[tuple[str, datetime | None]]:
    """Yield each periodic task that should have been queued since it last was."""
    from procrastinate.contrib.django import app

    from bilag.jobs.health import last_queued
    from bilag.jobs.registry import register_tasks

    register_tasks()
    last = last_queued()
    for periodic in app.periodic_registry.periodic_tasks.values():
        times = periodic.croniter
        times.set_current((datetime.now(UTC) - LATE).timestamp())
        due, before = (datetime.fromtimestamp(times.get_prev(float), UTC) for _ in range(2))
        at = last.get(periodic.task.name)
        is_young = at is None and min(last.values(), default=due) >= due
        if due - before <= SELDOM and not is_young and (at is None or at < due):
            yield periodic.task.name, at
