"""`bilag sandbox`: stand-in servers that hold to the contracts, to try Bilag or to develop against."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bilag.cli.output import WRONG_USAGE, fail, guarded, say

app = typer.Typer(
    help="Stand-in servers of Moment and the Azets hub that hold to their contracts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes any that is free.")]
Data = Annotated[
    Path | None, typer.Option(help="Folder of its state, which survives a restart; none = nothing is kept.")
]


@app.command("moment")
@guarded
def moment(
    port: Port = 8101,
    data: Data = None,
    sample: Annotated[
        str, typer.Option(help="What an empty folder begins with: year, drafts, finalized or none.")
    ] = "year",
    webhook: Annotated[str | None, typer.Option(help="Address that all webhooks go to.")] = None,
) -> None:
    """Run a stand-in for Moment with a year of an architects' firm. Docs: docs/sandbox-moment.md.

    Example: bilag sandbox moment --port 8101 --data ./moment-data
    """
    from bilag.sandbox import common
    from bilag.sandbox import moment as server

    try:
        server.run(port, data, sample=sample, webhook=webhook, started=_started("Moment"))
    except (common.PortTaken, common.DataInUse, common.DataUnreadable, ValueError) as error:
        fail(str(error), WRONG_USAGE)


@app.command("azets")
@guarded
def azets(
    port: Port = 8102,
    data: Data = None,
    saft: Annotated[
        Path | None, typer.Option(help="SAF-T Financial file: its accounts, VAT codes, customers and suppliers.")
    ] = None,
    saft_client: Annotated[str, typer.Option(help="The client that the file's books become.")] = "123",
    requests_per_minute: Annotated[int | None, typer.Option(min=1, help="Limit for a token (600).")] = None,
    token_seconds: Annotated[int | None, typer.Option(min=1, help="How long a token lives (1200).")] = None,
) -> None:
    """Run a stand-in for the Azets hub with a double-entry ledger behind it. Docs: docs/sandbox-hub.md.

    Example: bilag sandbox azets --port 8102 --data ./hub-data --saft books.xml
    """
    from bilag.sandbox import hub as server

    try:
        server.run(
            port,
            data,
            saft,
            saft_client=saft_client,
            requests_per_minute=requests_per_minute,
            token_seconds=token_seconds,
            started=_started("The hub"),
            told=say,
        )
    except (server.SaftError, server.PortTaken, server.DataInUse, server.DataUnreadable) as error:
        fail(str(error), WRONG_USAGE)


def _started(name: str) -> Callable[[str], None]:
    def started(address: str) -> None:
        say(f"{name} answers on {address}. Ctrl-C stops it.")

    return started
