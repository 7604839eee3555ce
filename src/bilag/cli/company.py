"""`bilag company`: create or update a company from a file, list companies, show and check them."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.errors import guarded
from bilag.cli.output import (
    NEEDS_ATTENTION,
    UNREACHABLE,
    WRONG_USAGE,
    Json,
    Slug,
    err,
    fail,
    print_json,
    print_table,
    say,
)

app = typer.Typer(help="Companies and their setup.", no_args_is_help=True, rich_markup_mode=None)
MARKS = {"ok": "ok", "warning": "!", "failed": "FAILED"}
STEPS = {
    "moment": "Moment",
    "signed_in": "Sign-in",
    "client_found": "Client",
    "chart": "Accounts and VAT codes",
    "units": "Dimensions",
    "periods": "Periods",
    "accounts": "Accounts in Moment",
    "numbers": "Project numbers",
    "carried": "What arrives",
    "who": "Parties",
    "notified": "Notifications",
}
"""The steps of the check, by their names in the JSON document."""


def load(slug: str) -> Any:
    """Return the setup of a company, or exit with a message. Django must be ready."""
    from bilag.companies import store
    from bilag.messages.accounting_system import speak_of

    try:
        setup = store.load_setup_by_slug(slug)
    except store.UnknownCompany:
        known = ", ".join(company.slug for company in store.companies())
        others = (
            f"Companies: {known}." if known else "There are none yet: create one with bilag company apply FILE.toml"
        )
        fail(f"There is no company '{slug}'. {others}", WRONG_USAGE)
    speak_of(lambda: _spoken(setup.platform_kind))
    return setup


def _spoken(kind: str) -> Any:
    """Return how sentences name an accounting system. The platforms are imported when a sentence first names one."""
    from bilag.platforms.spoken import system_of

    return system_of(kind)


@app.command("apply")
@guarded
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The company file: docs/company-file.md.")],
    as_json: Json = False,
) -> None:
    """Create or update a company and its integration setup from a company file.

    With a fault in the file, nothing is changed. The company is switched on unless the check finds that the setup
    cannot work. It is then paused, and the message says why.

    Example: bilag company apply fjell.toml
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.companies.file import CompanyFileError, read_company_file
    from bilag.companies.refusals import LedgerInUse, SetupRefused
    from bilag.transfers.activation.save_setup import check_saved, save_setup

    try:
        parsed = read_company_file(file, os.environ)
        for remark in parsed.remarks:
            say(remark)
        origin = f"bilag company apply {os.fsencode(file.name).decode(errors='replace')}"
        saved = save_setup(parsed, origin=origin, live=parsed.live)
    except CompanyFileError as error:
        fail("\n".join(["Nothing was changed:", *error.faults]), WRONG_USAGE)
    except SetupRefused as error:
        fail(f"Nothing was changed: {error}", NEEDS_ATTENTION if isinstance(error, LedgerInUse) else WRONG_USAGE)
    what = (
        "created"
        if saved.created
        else f"updated ({', '.join(map(rendering.setting, sorted(saved.changed)))})"
        if saved.changed
        else "unchanged"
    )
    say(f"{parsed.slug} is {what}.")
    with err().status("Checking …"):
        report = check_saved(saved).report
    report_saved(parsed.slug, report, saved, as_json=as_json)


def report_saved(slug: str, report: Any, saved: Any, *, as_json: bool) -> None:
    """Print what the check of a saved setup found and whether the company is switched on, and exit with its status."""
    status = _status(report)
    from bilag.transfers.queries.check_report import report_as_json
    from bilag.transfers.queries.company import webhook_url

    setup = load(slug)
    if as_json:
        print_json(
            {
                **_as_json(setup),
                "created": saved.created,
                "changed": sorted(saved.changed),
                "check": report_as_json(report),
            }
        )
    else:
        _print_report(report)
        say(_status_text(setup))
        say(f"Webhook address for Moment: {webhook_url(setup)}")
    if status:
        raise typer.Exit(status)


def _status(report: Any) -> int:
    """Return the exit status of a check."""
    if report.ok:
        return 0
    return UNREACHABLE if report.unavailable and not report.misconfigured else NEEDS_ATTENTION


@app.command("list")
@guarded
def list_(as_json: Json = False) -> None:
    """List all companies.

    Example: bilag company list
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.companies import store
    from bilag.transfers.queries.company import live_as_json

    setups = [store.load_setup(company.pk) for company in store.companies()]
    if as_json:
        print_json(
            [{"slug": one.slug, "name": one.name, "platform": one.platform_kind, **live_as_json(one)} for one in setups]
        )
        return
    print_table(
        ["Company", "Name", "Accounting system", "Status"],
        (
            [
                one.slug,
                one.name,
                rendering.system(one.platform_kind),
                rendering.switch(live=one.live, paused=one.paused is not None),
            ]
            for one in setups
        ),
        empty="There are no companies yet. Create one with: bilag company apply FILE.toml",
        less=["Accounting system"],
    )


@app.command("show")
@guarded
def show(slug: Slug, as_json: Json = False) -> None:
    """Show the setup of a company, its webhook address and its last changes. Secrets are never shown.

    Example: bilag company show fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    document = _as_json(setup)
    if as_json:
        print_json(document)
        return
    say(_status_text(setup))
    from bilag.companies.store import flat

    print_table(
        ["Setting", "Value"],
        ([rendering.setting(key), _value(key, value)] for key, value in flat(document["setup"]).items()),
    )
    print_table(
        ["Time (Oslo)", "By", "Setting", "Before", "After"],
        (
            [
                rendering.clock(one["at"]),
                one["origin"],
                rendering.setting(one["field"]),
                _value(one["field"], one["old"]),
                _value(one["field"], one["new"]),
            ]
            for one in document["changes"][:20]
        ),
        title="\nLast changes",
        below=["Before", "After"],
        less=["By"],
    )
    say(f"Webhook address for Moment: {document['webhookUrl']}")


@app.command("check")
@guarded
def check(slug: Slug, as_json: Json = False) -> None:
    """Check sign-in, client, accounts, VAT codes, units and periods. Changes nothing.

    Example: bilag company check fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    from bilag.companies.check import check_saved

    with err().status("Checking …"):
        report = check_saved(setup)
    if as_json:
        from bilag.transfers.queries.check_report import report_as_json

        print_json(report_as_json(report))
    else:
        _print_report(report)
    if not report.ok:
        raise typer.Exit(_status(report))


@app.command("confirm")
@guarded
def confirm(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without being asked.")] = False,
    as_json: Json = False,
) -> None:
    """Confirm that the companies in Moment, Bilag and accounting are one, where Bilag cannot tell.

    Shows their names and organisation numbers, and asks. The answer is kept in the control trail, and holds until one of them
    changes.

    Example: bilag company confirm fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    from bilag.transfers.activation import switch
    from bilag.transfers.queries.check_report import report_as_json

    with err().status("Asking both systems …"):
        report = switch.check(setup.company_id)
    if report.seen is None:
        _print_report(report)
        raise typer.Exit(_status(report) or NEEDS_ATTENTION)
    _print_parties(report.seen.parties)
    if not report.seen.standing.asks:
        say("They are one company. There is nothing to confirm.")
    elif yes or typer.confirm("Are these one company?", err=True):
        try:
            report = switch.confirm_parties(
                setup.company_id, report.seen.parties.digest, origin="bilag company confirm"
            )
        except switch.PartiesChanged:
            fail("Nothing was confirmed: what the systems say has just changed. Try again.", NEEDS_ATTENTION)
        say("Confirmed.")
    else:
        fail("Nothing was confirmed.", NEEDS_ATTENTION)
    if as_json:
        print_json(report_as_json(report))


def _print_parties(parties: Any) -> None:
    sides = [("Moment", parties.moment), ("Bilag", parties.company), ("Client", parties.client)]
    for title, one in sides:
        say(f"  {title:<8}{one.name or 'name not stated'}, organisation number {one.number or 'not stated'}")


def _print_report(report: Any) -> None:
    from bilag.messages import render_problem

    for step in report.steps:
        say(f"{MARKS[step.status]:>6}  {STEPS.get(step.name, step.name)}{': ' + step.detail if step.detail else ''}")
        for problem in step.problems:
            rendered = render_problem(problem, "en")
            subject = f"{rendered.subject}: " if rendered.subject.startswith("account ") else ""
            say(f"        {subject}{rendering.problem(rendered)}")


def _as_json(setup: Any) -> dict[str, Any]:
    from bilag.companies.showing import changes
    from bilag.transfers.queries.company import company_as_json

    return {**company_as_json(setup), "changes": changes(setup.company_id)}


def _status_text(setup: Any) -> str:
    from bilag.messages import render_problem

    if setup.paused is not None:
        return f"{setup.name} is paused. {rendering.problem(render_problem(setup.paused, 'en'))}"
    if not setup.live:
        return f"{setup.name} is switched off: nothing is transferred. Its company file has live = false."
    first = rendering.day(setup.export.invoices_from)
    return f"{setup.name} is switched on. Bilag automatically transfers invoices finalised from {first}."


def _value(key: str, value: Any) -> str:
    if key == "company.live":
        return rendering.switch(live=bool(value), paused=False)
    return rendering.system(value) if key == "platform.kind" and value else rendering.setting_value(value)
