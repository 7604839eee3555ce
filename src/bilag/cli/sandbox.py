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
    Path | None, typer.Option(help="Folder of its state, which survives a restart; none = forgotten at the end.")
]


@app.command("moment")
@guarded
def moment(
    port: Port = 8101,
    data: Data = None,
    sample: Annotated[
        str, typer.Option(help="year, drafts, finalized or none: what an empty folder begins with.")
    ] = "year",
    webhook: Annotated[str | None, typer.Option(help="Address that all webhooks go to.")] = None,
) -> None:
    """Run a stand-in for Moment with a year of an architects' firm.

    Example: bilag sandbox moment --port 8101 --data ./moment-data
    """
    from bilag.sandbox import moment as server

    server.run(port=port, data=data, sample=sample, webhook=webhook, ready=_ready("Moment"))


@app.command("azets")
@guarded
def azets(
    port: Port = 8102,
    data: Data = None,
    saft: Annotated[
        Path | None, typer.Option(help="SAF-T Financial file: its accounts, VAT codes, customers and suppliers.")
    ] = None,
    requests_per_minute: Annotated[int, typer.Option(min=1, help="Limit for a token.")] = 600,
    token_seconds: Annotated[int, typer.Option(min=1, help="How long a token lives.")] = 1200,
) -> None:
    """Run a stand-in for the Azets hub with a double-entry ledger behind it.

    Example: bilag sandbox azets --port 8102 --data ./hub-data --saft books.xml
    """
    from bilag.sandbox import hub as server

    try:
        server.run(
            port=port,
            data=data,
            saft=saft,
            requests_per_minute=requests_per_minute,
            token_seconds=token_seconds,
            ready=_ready("The hub"),
        )
    except server.SaftError as error:
        fail(str(error), WRONG_USAGE)


def _ready(name: str) -> Callable[[str], None]:
    def ready(address: str) -> None:
        say(f"{name} answers on {address} (admin under {address}/admin). Ctrl-C stops it.")

    return ready
