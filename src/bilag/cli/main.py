"""The `bilag` command with all its subcommands."""

import atexit
import gc
import os
from typing import Annotated

import typer

from bilag import __version__
from bilag.cli import (
    accruals,
    audit,
    backup,
    company,
    expenses,
    export,
    keys,
    ledger,
    people,
    reconcile,
    recover,
    rehearse,
    sandbox,
    service,
    status,
    tokens,
    transfer,
)
from bilag.cli.demo.command import demo
from bilag.cli.doctor import doctor
from bilag.cli.platforms import platforms
from bilag.cli.wrong_usage import PlainGroup

app = typer.Typer(
    name="bilag",
    cls=PlainGroup,
    help="Bilag transfers every invoice finalised in Moment to the journal of the accounting system, exactly once.\n\n"
    "Start with: bilag demo",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo)
app.command("serve")(service.serve)
app.command("web")(service.web)
app.command("worker")(service.worker)
app.command("migrate")(service.migrate)
app.command("doctor")(doctor)
app.command("platforms")(platforms)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
company.app.command("export")(audit.export)
company.app.command("purge")(audit.purge)
app.add_typer(company.app, name="company")
app.add_typer(people.app, name="user")
app.add_typer(tokens.app, name="token")
app.add_typer(keys.app, name="keys")
app.command("preview")(transfer.preview)
app.command("transfer")(transfer.transfer)
app.command("transfers")(transfer.transfers)
app.command("show")(transfer.show)
app.command("retry")(transfer.retry)
app.command("confirm-rate")(transfer.confirm_rate)
app.command("close-pair")(transfer.close_pair)
app.command("poll")(transfer.poll)
app.command("reconcile")(reconcile.reconcile)
app.command("rehearse")(rehearse.rehearse)
app.command("recover")(recover.recover)
app.command("audit")(audit.audit)
app.command("audit-verify")(audit.audit_verify)
app.command("status")(status.status)
app.add_typer(expenses.app, name="expenses")
app.add_typer(accruals.app, name="accruals")
app.add_typer(export.app, name="export")
app.add_typer(ledger.app, name="ledger")
app.add_typer(sandbox.app, name="sandbox")


def _version(requested: bool) -> None:
    if requested:
        typer.echo(f"bilag {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Bilag transfers every invoice finalised in Moment to the journal of the accounting system, exactly once."""


def run() -> None:
    """Run the `bilag` script."""
    # At exit Python collects garbage among all imported objects: a fifth of a short command's CPU, for nothing.
    atexit.register(gc.freeze)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilag.service.settings")
    app()
