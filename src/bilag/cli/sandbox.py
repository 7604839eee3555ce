"""`bilag sandbox`: stand-in servers that follow the contracts, for trials and development."""

import base64
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import UNREACHABLE, WRONG_USAGE, fail, say

app = typer.Typer(
    help="Stand-in servers for Moment, Azets' integration platform and PowerOffice Go, for trials and development.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1. 0 selects any free port.")]
Data = Annotated[
    Path | None, typer.Option(help="Folder that keeps the state across restarts. Default: no state is kept.")
]


@app.command("moment")
@guarded
def moment(
    port: Port = 8101,
    data: Data = None,
    sample: Annotated[
        str, typer.Option(help="Sample data for an empty folder: year, drafts, finalized or none.")
    ] = "year",
    webhook: Annotated[str | None, typer.Option(help="Address that receives all webhooks.")] = None,
) -> None:
    """Run a stand-in for Moment with sample data: a year of an architects' firm. See docs/sandbox-moment.md.

    Example: bilag sandbox moment --port 8101 --data ./moment-data
    """
    from bilag_sandbox import common
    from bilag_sandbox import moment as server

    try:
        server.run(port, data, sample=sample, webhook=webhook, started=_started("The Moment stand-in"))
    except (common.PortTaken, common.DataInUse, common.DataUnreadable, ValueError) as error:
        fail(str(error), WRONG_USAGE)


@app.command("azets")
@guarded
def azets(
    port: Port = 8102,
    data: Data = None,
    saft: Annotated[
        Path | None,
        typer.Option(help="Load accounts, VAT codes, customers and suppliers from this SAF-T Financial file."),
    ] = None,
    saft_client: Annotated[str, typer.Option(help="The client id for the books of the SAF-T file.")] = "123",
    saft_journal: Annotated[
        bool,
        typer.Option(
            "--saft-journal", help="Also post the transactions of the SAF-T file, including supplier invoices."
        ),
    ] = False,
    history: Annotated[
        int | None,
        typer.Option(
            metavar="SEED",
            help="Post the sample year in empty books as another integration did, with habits and mistakes drawn by this seed.",
        ),
    ] = None,
    requests_per_minute: Annotated[
        int | None, typer.Option(min=1, help="Requests allowed per token and minute. Default: 600.")
    ] = None,
    token_seconds: Annotated[
        int | None, typer.Option(min=1, help="Seconds that a token is valid. Default: 1200.")
    ] = None,
) -> None:
    """Run a stand-in for Azets' integration platform with a double-entry ledger. See docs/sandbox-hub.md.

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
            history=history,
            requests_per_minute=requests_per_minute,
            token_seconds=token_seconds,
            started=_started("The Azets stand-in"),
            report=say,
        )
    except (server.SaftError, server.PortTaken, server.DataInUse, server.DataUnreadable) as error:
        fail(str(error), WRONG_USAGE)


@app.command("poweroffice-go")
@guarded
def poweroffice_go(
    port: Port = 8103,
    data: Data = None,
    saft: Annotated[
        Path | None,
        typer.Option(help="Load accounts, VAT codes, customers and suppliers from this SAF-T Financial file."),
    ] = None,
    requests_per_second: Annotated[
        int | None, typer.Option(min=1, help="Requests allowed per subscription key and second. Default: 10.")
    ] = None,
    token_seconds: Annotated[
        int | None, typer.Option(min=1, help="Seconds that a token is valid. Default: 1200.")
    ] = None,
) -> None:
    """Run a stand-in for PowerOffice Go with a double-entry ledger. See docs/sandbox-poweroffice-go.md.

    Example: bilag sandbox poweroffice-go --port 8103 --data ./go-data
    """
    from bilag_sandbox import poweroffice_go as server

    try:
        server.run(
            port,
            data,
            saft,
            requests_per_second=requests_per_second,
            token_seconds=token_seconds,
            started=_started("The PowerOffice Go stand-in"),
            report=say,
        )
    except (server.SaftError, server.PortTaken, server.DataInUse, server.DataUnreadable) as error:
        fail(str(error), WRONG_USAGE)


@app.command("supplier-invoice")
@guarded
def supplier_invoice(
    supplier: Annotated[str, typer.Option(metavar="NAME", help="Name of the supplier.")],
    net: Annotated[str, typer.Option(metavar="AMOUNT", help="Net amount of the line, such as 1000.00.")],
    project: Annotated[str | None, typer.Option(metavar="NUMBER", help="Project of the line.")] = None,
    account: Annotated[str, typer.Option(metavar="NUMBER", help="Account of the line.")] = "4300",
    vat_code: Annotated[str | None, typer.Option(metavar="CODE", help="VAT code of the line.")] = "1",
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="Text of the line.")] = None,
    document: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A PDF or an image to attach.")
    ] = None,
    client: Annotated[
        str, typer.Option(metavar="ID", help="Client id of the books: 123 at Azets, fjell at PowerOffice Go.")
    ] = "123",
    hub: Annotated[str, typer.Option(metavar="URL", help="Address of the stand-in server.")] = "http://127.0.0.1:8102",
) -> None:
    """Post a supplier invoice in the books of a running stand-in, as an accountant would.

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
    address = f"{hub.rstrip('/').removesuffix('/v1').removesuffix('/v2')}/admin/clients/{client}/supplier-invoices"
    try:
        answer = httpx2.post(address, json=body, timeout=30, trust_env=False)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        fail(
            f"The stand-in server at {hub} does not answer. Start it with: bilag sandbox azets, or poweroffice-go",
            UNREACHABLE,
        )
    if answer.status_code >= 300:
        said = answer.json()
        fail(f"The invoice was not posted: {said.get('message') or said.get('detail') or answer.text}", WRONG_USAGE)
    voucher = answer.json()
    if "voucherNo" in voucher:  # PowerOffice Go has no journal numbers
        say(f"Posted as voucher {voucher['voucherNo']}.")
    else:
        say(f"Posted as voucher {voucher['voucherNumber']} in journal {voucher['journalNumber']}.")


def _started(name: str) -> Callable[[str], None]:
    def started(address: str) -> None:
        say(f"{name} answers on {address}. Stop it with Ctrl-C.")

    return started
