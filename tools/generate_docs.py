"""`python -m tools.generate_docs`: write the pages generated from the code, docs/commands.md and docs/problems.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bilag.cli.main import app
from bilag.cli.output import DONE, NEEDS_ATTENTION, UNREACHABLE, WRONG_USAGE, fail, say
from bilag.messages import markdown

FOLDER = Path(__file__).resolve().parents[1] / "docs"
EXAMPLE = "Example: "
ALWAYS = {DONE: "done", WRONG_USAGE: "wrong usage, environment or input"}
COMPANY = {WRONG_USAGE: "wrong usage, or unknown company"}
UNFINISHED = "something needs attention or waits (with `--wait`)"
DATABASE = {UNREACHABLE: "the database does not answer"}
BOTH = {UNREACHABLE: "Moment, Azets or the database does not answer"}
MOMENT = {UNREACHABLE: "Moment or the database does not answer"}
REFUSED = {NEEDS_ATTENTION: "another Bilag uses this folder"}
TAKEN = {WRONG_USAGE: "wrong usage or environment; the address is in use"}
STANDIN = {WRONG_USAGE: "wrong usage; the port is in use, or the folder or file cannot be used"}
ACCOUNTING = {UNREACHABLE: "the accounting system or the database does not answer"}
EXPORTED = {
    NEEDS_ATTENTION: "nothing was posted in the period, or a voucher does not balance; no file was written",
    WRONG_USAGE: "wrong usage, unknown company, no organisation number (`saft`), or the file exists or cannot be written",
}
STATUSES: dict[str, dict[int, str]] = {
    "demo": {NEEDS_ATTENTION: "a check failed, or the demo could not start or was interrupted (`--once`)"},
    "serve": REFUSED | TAKEN | DATABASE,
    "web": REFUSED | TAKEN | DATABASE,
    "worker": REFUSED | DATABASE,
    "migrate": DATABASE,
    "preview": COMPANY | BOTH | {NEEDS_ATTENTION: "an invoice is not in Moment, or cannot be posted as it is"},
    "transfer": COMPANY | MOMENT | {NEEDS_ATTENTION: UNFINISHED},
    "transfers": COMPANY | DATABASE,
    "show": COMPANY | DATABASE | {NEEDS_ATTENTION: "there is no transfer with that number"},
    "retry": COMPANY | DATABASE | {NEEDS_ATTENTION: f"there is no transfer with that number; {UNFINISHED}"},
    "confirm-rate": COMPANY | DATABASE | {NEEDS_ATTENTION: f"there is no transfer with that number; {UNFINISHED}"},
    "close-pair": COMPANY | BOTH | {NEEDS_ATTENTION: "they are no unposted pair, or Moment did not set them"},
    "poll": COMPANY | MOMENT | {NEEDS_ATTENTION: UNFINISHED},
    "reconcile": COMPANY
    | BOTH
    | {NEEDS_ATTENTION: "an invoice is missing, differing or duplicate, or a voucher is unknown in Moment"},
    "rehearse": COMPANY
    | BOTH
    | {
        NEEDS_ATTENTION: "an invoice would not have been posted as it stands, or a voucher is unknown in Moment",
        WRONG_USAGE: "wrong usage, unknown company, or a name that is not proposed (`--accept`)",
    },
    "audit": COMPANY | DATABASE,
    "audit-verify": {
        NEEDS_ATTENTION: "the file was changed after it was written",
        WRONG_USAGE: "wrong usage, or the file cannot be read",
    },
    "doctor": {NEEDS_ATTENTION: "something is wrong, and named with what to do"},
    "platforms": {},
    "backup": DATABASE
    | {WRONG_USAGE: "wrong usage; the folder exists or cannot be written, or the database is not embedded"},
    "restore": REFUSED
    | {WRONG_USAGE: "wrong usage; no backup, a damaged one or one of another key; or the data folder has a database"},
    "status": COMPANY | DATABASE | {NEEDS_ATTENTION: "something needs attention"},
    "company apply": BOTH
    | {NEEDS_ATTENTION: "applied, but the check failed", WRONG_USAGE: "the file has faults; nothing was changed"},
    "company list": DATABASE,
    "company show": COMPANY | DATABASE,
    "company export": COMPANY | DATABASE,
    "company purge": COMPANY | DATABASE | {NEEDS_ATTENTION: "the company is switched on; nothing was deleted"},
    "company check": COMPANY | BOTH | {NEEDS_ATTENTION: "a step of the check failed"},
    "company confirm": COMPANY | BOTH | {NEEDS_ATTENTION: "not confirmed"},
    "recover": COMPANY | ACCOUNTING | {NEEDS_ATTENTION: "invoices would be taken in (`--dry-run`)"},
    "ledger show": COMPANY | DATABASE,
    "ledger change": COMPANY
    | BOTH
    | {
        NEEDS_ATTENTION: "changed, but the check failed",
        WRONG_USAGE: "wrong usage, unknown company, or the file has faults or names nothing new; nothing was changed",
    },
    "expenses import": COMPANY
    | BOTH
    | {NEEDS_ATTENTION: "a line needs attention or waits, or nothing can be imported now"},
    "expenses list": COMPANY | DATABASE,
    "accruals post": COMPANY
    | BOTH
    | {
        NEEDS_ATTENTION: "accrued income is switched off; a problem prevents posting (`--dry-run`); " + UNFINISHED,
        WRONG_USAGE: "wrong usage, unknown company, or the file has faults; nothing was posted",
    },
    "accruals list": COMPANY | DATABASE,
    "export saft": COMPANY | ACCOUNTING | EXPORTED,
    "export beancount": COMPANY | ACCOUNTING | EXPORTED,
    "export csv": COMPANY | ACCOUNTING | EXPORTED,
    "user add": COMPANY | DATABASE,
    "user list": DATABASE,
    "token add": COMPANY | DATABASE,
    "token list": COMPANY | DATABASE,
    "token revoke": COMPANY | DATABASE | {NEEDS_ATTENTION: "the token does not exist"},
    "keys list": DATABASE,
    "keys new": {WRONG_USAGE: "wrong usage; the key file cannot be written"},
    "keys rotate": DATABASE
    | {NEEDS_ATTENTION: "secrets are still encrypted with earlier keys, or cannot be decrypted"},
    "sandbox moment": STANDIN,
    "sandbox poweroffice-go": STANDIN,
    "sandbox azets": STANDIN,
    "sandbox supplier-invoice": {WRONG_USAGE: "wrong usage, or the invoice cannot be posted"}
    | {UNREACHABLE: "the stand-in server does not answer"},
}
HEAD = """\
# Commands

Generated by `make docs` from the program; a test keeps it up to date. `--help` shows the same for each command.

Results go to stdout, messages to stderr; `--json` prints one JSON document on stdout. Exit statuses are the same
everywhere: 0 done; 1 something needs attention; 2 wrong usage or input; 3 a system could not be reached.
"""


def pages() -> dict[str, str]:
    """Return the generated pages by file name."""
    return {"commands.md": commands_page(), "problems.md": markdown()}


def commands_page() -> str:
    """Return the page of all commands, in the order of `bilag --help`."""
    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="bilag")
    found = list(_commands(root, context))
    known = {path for path, _, _ in found}
    if known != set(STATUSES):
        raise LookupError(f"STATUSES and the commands differ: {sorted(known ^ set(STATUSES))}")
    index = "\n".join(f"* [`bilag {path}`](#bilag-{path.replace(' ', '-')}): {_first(one)}" for path, one, _ in found)
    general = _table("Option of `bilag` itself", _options(root, context))
    return "\n".join([HEAD, index, "", general, *(_section(*one) for one in found)])


def _commands(group: Any, context: Any, above: str = "") -> Iterator[tuple[str, Any, Any]]:
    for name, command in group.commands.items():
        below = typer.Context(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            yield from _commands(command, below, f"{above}{name} ")
        elif not command.hidden:
            yield above + name, command, below


def _section(path: str, command: Any, context: Any) -> str:
    text, examples = _split_help(command)
    if not examples:
        raise LookupError(f"bilag {path} has no example")
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = _options(command, context)
    usage = " ".join(["bilag", path, *(["[OPTIONS]"] if options else []), *map(_in_usage, arguments)])
    rows = [(_name(one), one.get_help_record(context)[1]) for one in arguments]
    statuses = sorted((ALWAYS | STATUSES[path]).items())
    parts = [
        f"## bilag {path}\n",
        f"{text}\n",
        "```\n" + "\n".join([usage, "", *examples]) + "\n```\n",
        _table("Argument", rows),
        _table("Option", options),
        "Exit status: " + "; ".join(f"{status} {meaning}" for status, meaning in statuses) + ".\n",
    ]
    return "\n".join(part for part in parts if part)


def _split_help(command: Any) -> tuple[str, list[str]]:
    """Return the help text and the examples at its end."""
    lines = (command.help or "").splitlines()
    examples = [line.strip().removeprefix(EXAMPLE) for line in lines if line.strip().startswith(EXAMPLE)]
    return "\n".join(line for line in lines if not line.strip().startswith(EXAMPLE)).strip(), examples


def _first(command: Any) -> str:
    """Return the first sentence of the help."""
    return re.split(r"(?<=[.:;])\s", _split_help(command)[0], maxsplit=1)[0].rstrip(".:;")


def _name(argument: Any) -> str:
    """Return the argument's name as typed, without the brackets of an optional one."""
    name = str(argument.metavar or argument.name.upper())
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name


def _in_usage(argument: Any) -> str:
    name = _name(argument)
    return name if argument.required else f"[{name}]"


def _options(command: Any, context: Any) -> list[tuple[str, str]]:
    options = [one for one in command.params if one.param_type_name == "option"]
    return [record for one in options if (record := one.get_help_record(context)) is not None]


def _table(head: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    lines = [f"| {head} | |", "|---|---|", *(f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit status 1 if a page is out of date.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="The folder of the pages.", show_default="docs")] = FOLDER,
) -> None:
    """Write docs/commands.md and docs/problems.md.

    Example: python -m tools.generate_docs --check
    """
    if not folder.is_dir():
        fail(f"The folder {folder} does not exist: run this in a checkout of the project.", WRONG_USAGE)
    generated = pages()
    outdated = [name for name, text in generated.items() if _read(folder / name) != text]
    names = ", ".join(f"docs/{name}" for name in outdated)
    if check and outdated:
        fail(f"Out of date: {names}. Run: make docs", NEEDS_ATTENTION)
    if not check:
        for name in outdated:
            (folder / name).write_text(generated[name], encoding="utf-8")
    say(f"Written: {names}" if outdated else "All pages are up to date.")


def _read(page: Path) -> str | None:
    return page.read_text(encoding="utf-8") if page.exists() else None


if __name__ == "__main__":
    typer.run(main)
