"""`bilag ledger`: which ledger and which company of Moment a company uses, and the change to another."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bilag.cli import rendering
from bilag.cli.errors import guarded
from bilag.cli.output import WRONG_USAGE, Json, Slug, fail, print_json, print_table, say
from bilag.cli.parsers import parse_day


class ShowsByDefault(TyperGroup):
    """`bilag ledger SLUG` is short for `bilag ledger show SLUG`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Treat a word that is no subcommand as the short name of a company."""
        known = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else ["show", *args])


app = typer.Typer(
    help="Show which ledger and which company in Moment a company uses, and change to another.",
    cls=ShowsByDefault,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("show")
@guarded
def show(slug: Slug, as_json: Json = False) -> None:
    """Show a company's ledger and company in Moment, and what is posted, in doubt and open there.

    Example: bilag ledger show fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.cli.company import load
    from bilag.companies.models import Company
    from bilag.transfers.activation.change_ledger import former_ledgers, standing

    company = Company.objects.select_related("setup__ledger", "setup__source").get(pk=load(slug).company_id)
    here, former = standing(company), former_ledgers(company)
    if as_json:
        left = [{"ledger": one.key, "leftAt": _utc(one.left_at), "accessKept": bool(one.secrets)} for one in former]
        print_json({"company": slug, **_as_json(here), "former": left})
        return
    _print(here)
    for one in former:
        kept = "Bilag can still look things up there" if one.secrets else "Bilag can no longer look things up there"
        say(f"Left on {rendering.moment(one.left_at)}: {one.key}. {kept}.")


@app.command("change")
@guarded
def change(
    slug: Slug,
    path: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="The company file with the new client or company in Moment.")
    ],
    invoices_from: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE", help="Invoices finalised from this day go to the new ledger."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    as_json: Json = False,
) -> None:
    """Change to the ledger or the company in Moment that the company file names.

    What is posted stays where it is. What is in doubt is looked up there. Invoices that were never sent go to the new ledger if
    they were finalised on or after --invoices-from.

    Example: bilag ledger change fjell fjell.toml --dry-run

    Example: bilag ledger change fjell fjell.toml --invoices-from 2026-12-01
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.cli.company import load, report_saved
    from bilag.companies.file import CompanyFileError, read_company_file
    from bilag.companies.refusals import SetupRefused
    from bilag.transfers.activation.change_ledger import NothingChanges, change_ledger, prospect
    from bilag.transfers.activation.save_setup import check_saved

    load(slug)
    try:
        file = read_company_file(path, os.environ)
        if file.slug != slug:
            fail(f"{path} is the file of {file.slug}, not of {slug}. Nothing was changed.", WRONG_USAGE)
        expected = prospect(file)
        if dry_run:
            _show_prospect(expected, as_json=as_json)
            return
        if invoices_from is None:
            fail(
                "Give --invoices-from DATE: invoices finalised from that day go to the new ledger automatically. Use --dry-run to "
                "see what is posted, in doubt and not sent.",
                WRONG_USAGE,
            )
        origin = f"bilag ledger change {os.fsencode(path.name).decode(errors='replace')}"
        saved = change_ledger(file, invoices_from=invoices_from, origin=origin)
    except CompanyFileError as error:
        fail("\n".join(["Nothing was changed:", *error.faults]), WRONG_USAGE)
    except NothingChanges:
        fail(
            f"{path} names the ledger and the company in Moment that {slug} already uses. Nothing was changed.",
            WRONG_USAGE,
        )
    except SetupRefused as error:
        fail(f"Nothing was changed: {error}", WRONG_USAGE)
    say(f"From now on {slug} uses ledger {expected.ledger} and company {expected.source} in Moment.")
    report_saved(slug, check_saved(saved).report, saved, as_json=as_json)


def _show_prospect(expected: Any, *, as_json: bool) -> None:
    if as_json:
        print_json({**_as_json(expected.before), "newLedger": expected.ledger, "newSource": expected.source})
        return
    _print(expected.before)
    _explain(expected)


def _print(here: Any) -> None:
    from bilag.companies.unfinished import shown_key

    say(f"Ledger: {shown_key(here.ledger) or 'not entered yet'}")
    say(f"Company in Moment: {shown_key(here.source) or 'not entered yet'}")
    rows = [
        ("Posted", here.posted),
        ("In doubt", here.in_doubt),
        ("Need attention there", here.differing),
        ("Not sent", here.open),
    ]
    print_table(["Invoices and accrued income", "Count "], rows)


def _explain(expected: Any) -> None:
    if expected.ledger_changes:
        say(f"New ledger: {expected.ledger}")
        say("  What is posted stays in the present ledger and is never sent again.")
        say("  What is in doubt is looked up in the present ledger for 30 days; after that it needs attention.")
        say("  What was not sent goes to the new ledger if it was finalised on or after --invoices-from.")
        say("  Customers and projects are sent to the new ledger.")
    if expected.source_changes:
        say(f"New company in Moment: {expected.source}")
        say("  Nothing more of the present company in Moment is transferred. What is in doubt needs attention.")


def _as_json(here: Any) -> dict[str, Any]:
    from bilag.companies.unfinished import shown_key

    counts = {"posted": here.posted, "inDoubt": here.in_doubt, "needsAttention": here.differing, "notSent": here.open}
    return {"ledger": shown_key(here.ledger) or None, "source": shown_key(here.source) or None, **counts}


def _utc(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
