"""`bilag preview`, `transfer`, `transfers`, `show`, `retry`, `confirm-rate`, `close-pair` and `poll`."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.errors import guarded
from bilag.cli.output import (
    NEEDS_ATTENTION,
    WRONG_USAGE,
    Json,
    Slug,
    err,
    fail,
    print_json,
    print_table,
    say,
)
from bilag.cli.parsers import parse_day

Wait = Annotated[
    bool, typer.Option("--wait", help="Wait until the transfers are completed. Exit status 1 if any needs attention.")
]
PAGE = 500


class OneKind(StrEnum):
    """The kind of an object. Commands accept the plural, too."""

    CUSTOMER = "customer"
    PROJECT = "project"
    INVOICE = "invoice"
    ACCRUED = "accrued"


class StateName(StrEnum):
    """The state of a transfer."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    WAITING = "waiting"
    NEEDS_ATTENTION = "needs_attention"
    SKIPPED = "skipped"
    DONE = "done"


KINDS = "customer, project, invoice or accrued"
MOMENT_KINDS = "customers, projects or invoices"


def _kind(text: str) -> str:
    try:
        return OneKind(text.lower().removesuffix("s")).value
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a kind: give {KINDS}") from None


def _moment_kind(text: str) -> str:
    """Read a kind of Moment's objects, one or many: invoice, invoices."""
    kind = text.lower().removesuffix("s")
    if kind not in (OneKind.CUSTOMER, OneKind.PROJECT, OneKind.INVOICE):
        raise typer.BadParameter(f"'{text}' is not a kind: give {MOMENT_KINDS}")
    return kind


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise typer.BadParameter(f"'{text}' is not an exchange rate: give a number such as 11.4325") from None
    if not rate.is_finite() or rate <= 0:
        raise typer.BadParameter(f"'{text}' is not an exchange rate: give a number above zero")
    return rate


def _numbers(text: str) -> list[str]:
    return [number.strip() for number in text.split(",") if number.strip()]


def _is_invoice_number(text: str) -> bool:
    """Return whether Moment could have given this number to an invoice: digits, within 64 bits."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


KindArgument = Annotated[str, typer.Argument(metavar="KIND", parser=_kind, help=KINDS)]


def _setup(slug: str, *, working: bool = False) -> Any:
    """Return the company's setup, with Django made ready; `working` for a command that may run jobs here."""
    from bilag.cli.django_ready import make_ready

    make_ready(pages=working)
    from bilag.cli.company import load

    return load(slug)


@guarded
def transfer(
    slug: Slug,
    kind: Annotated[str, typer.Argument(metavar="KIND", parser=_moment_kind, help=MOMENT_KINDS)],
    numbers: Annotated[str | None, typer.Argument(metavar="NUMBER[,NUMBER…]", help="Numbers in Moment.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that Moment has to transfer.")] = False,
    since: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE", help="Everything that changed on or after this date."),
    ] = None,
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Transfer manually. With numbers, the state filters and the first date of invoices are ignored, but not the switches.

    Example: bilag transfer fjell invoices 10042,10043 --wait
    """
    if sum((numbers is not None, all_, since is not None)) != 1:
        fail("Give either numbers (such as 10042,10043), --all, or --since 2026-11-01.", WRONG_USAGE)
    setup = _setup(slug, working=wait)
    from bilag.transfers.intake import by_request
    from bilag.transfers.intake.numbers import typed_numbers

    if numbers is not None:
        typed = typed_numbers(kind, numbers)
        if typed.invalid or not typed.numbers:
            fail(
                f"{', '.join(typed.invalid) or 'An empty list'}: not a number of {kind}s. "
                "Give numbers as Moment shows them.",
                WRONG_USAGE,
            )
        try:
            ids = by_request.as_typed(setup, kind, list(typed.numbers), origin="bilag transfer")
        except by_request.NotInMoment as error:
            fail(f"Nothing was transferred. Moment does not have {kind} {', '.join(error.numbers)}.", NEEDS_ATTENTION)
    else:
        with err().status(f"Reading {kind}s from Moment …"):
            ids = by_request.since(setup, kind, since, origin="bilag transfer")
    _after(
        setup,
        ids,
        wait=wait,
        as_json=as_json,
        nothing=f"Moment has no {kind}s to transfer{f' since {rendering.day(since)}' if since else ''}.",
    )


@guarded
def retry(
    slug: Slug,
    kind: Annotated[str | None, typer.Argument(metavar="KIND", parser=_kind, help=KINDS)] = None,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="NUMBER…", help="Numbers in Moment.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that needs attention or waits for a retry.")] = False,
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Retry transfers that stopped, after you have corrected the cause.

    Example: bilag retry fjell invoice 10042 --wait
    """
    named = [number for text in numbers or [] for number in _numbers(text)]
    if bool(named) == all_ or (named and kind is None):
        fail("Give a kind and numbers (such as invoice 10042), or --all.", WRONG_USAGE)
    setup = _setup(slug, working=wait)
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind, Transfer

    if named:
        known = set(
            Transfer.objects.filter(source_id=setup.source_id, kind=kind, number__in=named).values_list(
                "number", flat=True
            )
        )
        unknown = [number for number in named if number not in known]
        if unknown:
            fail(
                f"There is no transfer of {kind} {', '.join(unknown)}. List the transfers with: bilag transfers {slug}",
                NEEDS_ATTENTION,
            )
    ids = accept.retry(setup.company_id, Kind(kind) if kind else None, named or None, origin="bilag retry")
    _after(setup, ids, wait=wait, as_json=as_json, nothing="Nothing needs attention or waits for a retry.")


@guarded
def confirm_rate(
    slug: Slug,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number in Moment.")],
    rate: Annotated[
        Decimal, typer.Argument(parser=_rate, metavar="RATE", help="The rate that Bilag stopped at, for one unit.")
    ],
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Confirm the exchange rate of one invoice that Bilag stopped at, and retry the invoice. The event log keeps it.

    Example: bilag confirm-rate fjell 10042 7.9815
    """
    setup = _setup(slug, working=wait)
    from bilag.transfers.intake import confirm_rate as confirmation
    from bilag.transfers.models import Transfer

    try:
        ids = [confirmation.confirm_rate(setup.company_id, invoice, rate, origin="bilag confirm-rate")]
    except (Transfer.DoesNotExist, confirmation.NothingToConfirm):
        fail(
            f"Invoice {invoice} has not stopped at the exchange rate {rate}. "
            f"Show what it waits for with: bilag show {slug} invoice {invoice}",
            NEEDS_ATTENTION,
        )
    _after(setup, ids, wait=wait, as_json=as_json, nothing="")


@guarded
def close_pair(
    slug: Slug,
    number: Annotated[str, typer.Argument(metavar="INVOICE", help="The number of the invoice or of its credit note.")],
    in_moment: Annotated[
        bool, typer.Option("--in-moment", help='Also set both to "Do not transfer" in Moment.')
    ] = False,
    as_json: Json = False,
) -> None:
    """Close an invoice that was never posted together with the credit note that cancels it. Neither is posted then.

    Example: bilag close-pair fjell 10042 --in-moment
    """
    setup = _setup(slug)
    from bilag.transfers.intake import close_pair as pairs
    from bilag.transfers.models import Transfer
    from bilag.transfers.queries import transfers

    try:
        closed = pairs.close_pair(setup.company_id, number, in_moment=in_moment, origin="bilag close-pair")
    except Transfer.DoesNotExist:
        fail(
            f"There is no transfer of invoice {number}. List the transfers with: bilag transfers {slug}",
            NEEDS_ATTENTION,
        )
    except pairs.CannotClose as refusal:
        fail(str(refusal.said), NEEDS_ATTENTION)
    say(f"{', '.join(closed.numbers)} are closed. Bilag posts none of them.")
    if closed.not_set_in_moment:
        numbers = ", ".join(closed.not_set_in_moment)
        say(f'Moment did not change {numbers}. Set them to "Do not transfer" in Moment.')
    if as_json:
        rows = transfers.transfers(setup.company_id).filter(pk__in=[row.pk for row in closed.rows])
        print_json([transfers.as_json(row) for row in rows])
    if closed.not_set_in_moment:
        raise typer.Exit(NEEDS_ATTENTION)


@guarded
def poll(slug: Slug, wait: Wait = False, as_json: Json = False) -> None:
    """Check Moment now for changes that no webhook reported.

    Example: bilag poll fjell --wait
    """
    setup = _setup(slug, working=wait)
    from bilag.transfers.intake import poll

    with err().status("Reading from Moment …"):
        polled = poll.poll(setup.company_id, origin="bilag poll")
    for kind, count in polled.seen.items():
        say(f"{rendering.count(count, kind)} checked, {len(polled.requested[kind])} to transfer")
    _after(setup, polled.transfer_ids, wait=wait, as_json=as_json, nothing="Moment has nothing new.")


def _after(setup: Any, ids: list[int], *, wait: bool, as_json: bool, nothing: str) -> None:
    """Print the queued transfers and how to follow them, or wait for them."""
    from bilag.cli.waiting import wait_for
    from bilag.jobs import health
    from bilag.transfers.models import State
    from bilag.transfers.queries import transfers

    if not ids:
        say(nothing)
    elif setup.paused is not None or not setup.live:
        why = "paused" if setup.paused is not None else "switched off"
        say(
            f"{len(ids)} queued, but {setup.slug} is {why}: Bilag transfers them when {setup.slug} is on again. "
            f"Show why with: bilag status {setup.slug}"
        )
    elif not wait:
        say(f"{len(ids)} queued. Follow the transfers with: bilag transfers {setup.slug}")
        if not health.worker_alive():
            say("No worker is running: start one with bilag serve, or add --wait to process the transfers now.")
    else:
        wait_for(ids)
    rows = list(transfers.transfers(setup.company_id).filter(pk__in=ids))
    if as_json:
        print_json([transfers.as_json(row) for row in rows])
    elif wait:
        _print_rows(rows)
    if wait and any(row.state not in (State.DONE, State.SKIPPED) for row in rows):
        raise typer.Exit(NEEDS_ATTENTION)


@guarded
def transfers(
    slug: Slug,
    kind: Annotated[str | None, typer.Option(parser=_kind, metavar="KIND", help=KINDS)] = None,
    state: Annotated[StateName | None, typer.Option(help="Only transfers in this state.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Show at most this many. Default: 50, or all with --json.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List transfers, newest first.

    Example: bilag transfers fjell --kind invoice --state needs_attention
    """
    setup = _setup(slug)
    from bilag.transfers.models import Kind, State
    from bilag.transfers.queries import transfers

    rows = transfers.transfers(setup.company_id, Kind(kind) if kind else None, State(state) if state else None)
    if as_json:
        print_json([transfers.as_json(row) for row in (rows[:limit] if limit else rows)])
        return
    shown = limit or 50
    _print_rows(list(rows[:shown]))
    total = rows.count()
    if total > shown:
        say(f"Showing {shown} of {total}. Show more with --limit.")


def _print_rows(rows: list[Any]) -> None:
    from bilag.transfers.queries import transfers

    print_table(
        ["Kind", "Number ", "Name", "Total ", "State", "Voucher ", "Journal ", "Attempts ", "Reason"],
        (
            (
                row.kind,
                row.number,
                row.name,
                rendering.amount(row.total),
                rendering.words(row.state),
                row.voucher_number,
                row.journal_number,
                row.attempt_count,
                transfers.standing_text(row),
            )
            for row in rows
        ),
        empty="No transfers.",
        below=["Reason"],
        less=["Attempts", "Journal", "Voucher", "Total", "Name"],
    )


@guarded
def show(
    slug: Slug,
    kind: KindArgument,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Its number in Moment.")],
    as_json: Json = False,
) -> None:
    """Show a transfer with all attempts: the requests and the answers.

    Example: bilag show fjell invoice 10042
    """
    setup = _setup(slug)
    from bilag.transfers.models import Kind
    from bilag.transfers.queries import transfers

    row = transfers.transfers(setup.company_id, Kind(kind)).filter(number=number).first()
    if row is None:
        fail(
            f"There is no transfer of {kind} {number}. List the transfers with: bilag transfers {slug}", NEEDS_ATTENTION
        )
    attempts = list(transfers.attempts(row))
    if as_json:
        print_json({**transfers.as_json(row), "history": [transfers.attempt_as_json(attempt) for attempt in attempts]})
        return
    _print_rows([row])
    for attempt in attempts:
        print_table(
            ["Time (Oslo)", "System", "Request", "Status ", "ms ", "Answer"],
            transfers.exchange_rows(attempt),
            title=f"\n{rendering.moment(attempt.began_at)}: {rendering.words(attempt.verdict or 'in progress')}",
            below=["Answer"],
            less=["ms", "System"],
        )


@guarded
def preview(
    slug: Slug,
    invoices: Annotated[list[str], typer.Argument(metavar="INVOICE…", help="Invoice numbers in Moment.")],
    as_json: Json = False,
) -> None:
    """Show the vouchers that would be posted. Nothing is sent.

    Example: bilag preview fjell 10042
    """
    numbers = [number for text in invoices for number in _numbers(text)]
    if (bad := [number for number in numbers if not _is_invoice_number(number)]) or not numbers:
        fail(f"{', '.join(bad) or 'An empty list'}: not an invoice number. Give whole numbers.", WRONG_USAGE)
    setup = _setup(slug)
    from bilag.cli.previewing import preview_all

    if not preview_all(setup, [int(number) for number in numbers], as_json=as_json):
        raise typer.Exit(NEEDS_ATTENTION)
