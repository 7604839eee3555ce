"""`bilag sandbox`: stand-in servers that hold to the contracts, to try Bilag or to develop against."""

import base64
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import UNREACHABLE, WRONG_USAGE, fail, say

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
    from bilag_sandbox import common
    from bilag_sandbox import moment as server

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
    saft_journal: Annotated[
        bool,
        typer.Option("--saft-journal", help="Post the transactions of the file too, supplier invoices among them."),
    ] = False,
    requests_per_minute: Annotated[int | None, typer.Option(min=1, help="Limit for a token (600).")] = None,
    token_seconds: Annotated[int | None, typer.Option(min=1, help="How long a token lives (1200).")] = None,
) -> None:
    """Run a stand-in for the Azets hub with a double-entry ledger behind it. Docs: docs/sandbox-hub.md.

    Example: bilag sandbox azets --port 8102 --data ./hub-data --saft books.xml
    """
    from bilag_sandbox import hub as server

    try:
        server.run(
            port,
            data,
            saft,
            saft_client=saft_client,
            saft_journal=saft_journal,
            requests_per_minute=requests_per_minute,
            token_seconds=token_seconds,
            started=_started("The hub"),
            report=say,
        )
    except (server.SaftError, server.PortTaken, server.DataInUse, server.DataUnreadable) as error:
        fail(str(error), WRONG_USAGE)


@app.command("supplier-invoice")
@guarded
def supplier_invoice(
    supplier: Annotated[str, typer.Option(metavar="NAME", help="Who the invoice is from.")],
    net: Annotated[str, typer.Option(metavar="AMOUNT", help="Net amount of its line, such as 1000.00.")],
    project: Annotated[str | None, typer.Option(metavar="NUMBER", help="Project of the line.")] = None,
    account: Annotated[str, typer.Option(metavar="NUMBER", help="Account of the line.")] = "4300",
    vat_code: Annotated[str | None, typer.Option(metavar="CODE", help="VAT code of the line.")] = "1",
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="Text of the line.")] = None,
    document: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Its document, a PDF or a picture.")
    ] = None,
    client: Annotated[str, typer.Option(metavar="ID", help="Client whose books it goes into.")] = "123",
    hub: Annotated[str, typer.Option(metavar="URL", help="Address of the stand-in.")] = "http://127.0.0.1:8102",
) -> None:
    """Post a supplier invoice in the books behind a running stand-in, as an accountant would.

    Example: bilag sandbox supplier-invoice --supplier "Byggvare Øst AS" --net 1000.00 --project 1207
    """
    import httpx2

    line = {"account": account, "net": net, "vatCode": vat_code, "text": text, "project": project}
    documents = []
    if document is not None:
        content = base64.b64encode(document.read_bytes()).decode()
        kind = mimetypes.guess_type(document.name)[0] or "application/octet-stream"
        documents.append({"fileName": document.name, "contentType": kind, "base64": content})
    body = {"supplierName": supplier, "lines": [line], "documents": documents}
    address = f"{hub.rstrip('/').removesuffix('/v1')}/admin/clients/{client}/supplier-invoices"
    try:
        answer = httpx2.post(address, json=body, timeout=30, trust_env=False)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        fail(f"The stand-in does not answer at {hub}: {error}. Start it with: bilag sandbox azets", UNREACHABLE)
    if answer.status_code >= 300:
        fail(f"It was not posted: {answer.json().get('message', answer.text)}", WRONG_USAGE)
    voucher = answer.json()
    say(f"Voucher {voucher['voucherNumber']} is posted in journal {voucher['journalNumber']}.")


def _started(name: str) -> Callable[[str], None]:
    def started(address: str) -> None:
        say(f"{name} answers on {address}. Ctrl-C stops it.")

    return started
