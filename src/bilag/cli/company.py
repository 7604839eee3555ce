"""`bilag company`: create or update from a file, list, show, check."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import (
    NEEDS_PERSON,
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

app = typer.Typer(help="Companies and how they are set up.", no_args_is_help=True, rich_markup_mode=None)
MARKS = {"ok": "ok", "warning": "!", "failed": "FAILED"}


def load(slug: str) -> Any:
    """The setup of a company, or an end with a sentence. Django is ready by now."""
    from bilag.companies import store

    try:
        return store.load_setup_by_slug(slug)
    except store.UnknownCompany:
        known = ", ".join(company.slug for company in store.companies()) or "none yet: bilag company apply FILE.toml"
        fail(f"There is no company {slug!r}. There is: {known}", WRONG_USAGE)


@app.command("apply")
@guarded
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The company file: docs/company-file.md.")],
    as_json: Json = False,
) -> None:
    """Create or update a company and its integration setup, all or nothing.

    The company goes live unless the check says that its setup cannot work; then it is paused with the reason.

    Example: bilag company apply fjell.toml
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.companies.file import CompanyFileError, read_company_file
    from bilag.companies.store import MomentTaken
    from bilag.transfers.activation.save_setup import check_saved, save_setup

    try:
        parsed = read_company_file(file, os.environ)
        for remark in parsed.remarks:
            say(remark)
        origin = f"bilag company apply {os.fsencode(file.name).decode(errors='replace')}"
        saved = save_setup(parsed, origin=origin, live=parsed.live)
    except CompanyFileError as error:
        fail("\n".join(["Nothing was changed:", *error.faults]), WRONG_USAGE)
    except MomentTaken as error:
        fail(f"Nothing was changed: {error}", WRONG_USAGE)
    what = (
        "created"
        if saved.created
        else f"updated ({', '.join(sorted(saved.changed))})"
        if saved.changed
        else "unchanged"
    )
    say(f"{parsed.slug} is {what}.")
    with err().status("Checking …"):
        report = check_saved(saved).report
    status = _status(report)
    from bilag.transfers.queries.check_report import report_as_json
    from bilag.transfers.queries.company import webhook_url

    setup = load(parsed.slug)
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
        say(_standing(setup))
        say(f"Webhook address for Moment: {webhook_url(setup)}")
    if status:
        raise typer.Exit(status)


def _status(report: Any) -> int:
    """The exit status that a check means."""
    if report.ok:
        return 0
    return UNREACHABLE if report.unavailable and not report.misconfigured else NEEDS_PERSON


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
        ["Company", "Name", "Platform", "Standing"],
        (
            [one.slug, one.name, one.platform_kind, "paused" if one.paused else "live" if one.live else "not live"]
            for one in setups
        ),
        empty="No companies yet. Begin with: bilag company apply FILE.toml",
    )


@app.command("show")
@guarded
def show(slug: Slug, as_json: Json = False) -> None:
    """Show a company's setup, its webhook address and its last changes; secrets are never shown.

    Example: bilag company show fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    document = _as_json(setup)
    if as_json:
        print_json(document)
        return
    say(_standing(setup))
    from bilag.companies.store import flat

    print_table(["Key", "Value"], ([key, _shown(value)] for key, value in flat(document["setup"]).items()))
    print_table(
        ["At", "By", "Key", "From", "To"],
        ([c["at"], c["origin"], c["field"], _shown(c["old"]), _shown(c["new"])] for c in document["changes"][:20]),
        title="\nLast changes",
    )
    say(f"Webhook address for Moment: {document['webhookUrl']}")


@app.command("check")
@guarded
def check(slug: Slug, as_json: Json = False) -> None:
    """Check sign-in, client, accounts, VAT codes, units and periods. Nothing is changed.

    Example: bilag company check fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    from bilag.companies.check import check_company
    from bilag.companies.gateways import moment_for, platform_for

    with err().status("Checking …"):
        report = check_company(setup, moment_for(setup), platform_for(setup))
    if as_json:
        from bilag.transfers.queries.check_report import report_as_json

        print_json(report_as_json(report))
    else:
        _print_report(report)
    if not report.ok:
        raise typer.Exit(_status(report))


def _print_report(report: Any) -> None:
    from bilag.messages.problem_json import problem_as_json

    for step in report.steps:
        say(f"{MARKS[step.status]:>6}  {step.name.replace('_', ' ')}{': ' + step.detail if step.detail else ''}")
        for problem in step.problems:
            told = problem_as_json(problem)
            subject = f"{told['subject']}: " if told["subject"].startswith("account ") else ""
            say(f"        {subject}{told['message']} {told['remedy']}")


def _as_json(setup: Any) -> dict[str, Any]:
    from bilag.companies.showing import changes
    from bilag.transfers.queries.company import company_as_json

    return {**company_as_json(setup), "changes": changes(setup.company_id)}


def _standing(setup: Any) -> str:
    from bilag.messages.problem_json import problem_as_json

    if setup.paused is not None:
        told = problem_as_json(setup.paused)
        return f"{setup.name} is paused. {told['message']} {told['remedy']}"
    if not setup.live:
        return f"{setup.name} is not live ([company] live = false): nothing is transferred."
    first = setup.export.invoices_from
    return f"{setup.name} is live. Invoices finalised from {first} on go by themselves."


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-" if value in (None, "") else str(value)
