"""`bilag audit` and `bilag audit-verify`; `bilag company export` and `purge`."""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.files import no_folder
from bilag.cli.output import NEEDS_ATTENTION, WRONG_USAGE, Json, Slug, fail, print_json, print_table, say
from bilag.cli.parsers import parse_day


@guarded
def audit(
    slug: Slug,
    first: Annotated[date, typer.Option("--from", parser=parse_day, metavar="DATE", help="From this day.")],
    last: Annotated[date, typer.Option("--to", parser=parse_day, metavar="DATE", help="To this day.")],
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Write to this file. Default: stdout.")
    ] = None,
) -> None:
    """Export the control trail of a company: requests, who made them, and the answers, as JSON lines with a hash chain.

    Example: bilag audit fjell --from 2026-01-01 --to 2026-12-31 --out trail-2026.jsonl
    """
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}")
    if out is not None and not out.resolve().parent.is_dir():
        fail(no_folder(out), WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.audit.audit_file import lines
    from bilag.companies.models import Company
    from bilag.events.exported import Exported, recorded

    trail = recorded(
        lines(Company.objects.get(pk=setup.company_id), first, last),
        *(setup.company_id, Exported.TRAIL, "JSON"),
        origin="bilag audit",
    )
    if out is None:
        for line in trail:
            sys.stdout.write(line)
        return
    count = 0
    part = tempfile.NamedTemporaryFile("w", dir=out.resolve().parent, delete=False, encoding="utf-8", newline="\n")  # noqa: SIM115
    try:
        with part:
            for line in trail:
                part.write(line)
                count += 1
        os.replace(part.name, out)
        out.chmod(0o600)
    finally:
        Path(part.name).unlink(missing_ok=True)
    say(f"Written: {out}, {count - 2} records. Verify the file with: bilag audit-verify {out}")


@guarded
def audit_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file from `bilag audit`.")], as_json: Json = False
) -> None:
    """Verify that a file from `bilag audit` is unchanged: nothing edited, moved, added or removed. Needs no database.

    Example: bilag audit-verify trail-2026.jsonl
    """
    from bilag.audit.hash_chain import LONGEST_LINE, BrokenChain, verify

    try:
        with file.open("rb") as lines:
            found = verify(iter(lambda: lines.readline(LONGEST_LINE + 1), b""))
    except OSError as error:
        fail(f"Cannot read {file}: {error.strerror}.", WRONG_USAGE)
    except BrokenChain as broken:
        if as_json:
            print_json({"whole": False, "line": broken.line, "why": str(broken)})
        fail(f"{file} was changed after it was written. {str(broken)[:1].upper()}{str(broken)[1:]}.", NEEDS_ATTENTION)
    header = found.header
    if as_json:
        print_json({"whole": True, "company": header["company"], "from": header["from"], "to": header["to"],
                    "records": found.count, "head": found.head})  # fmt: skip
        return
    period = f"{rendering.day(header['from'])} to {rendering.day(header['to'])}"
    say(f"{file} is unchanged: {header['company']}, {period}, {found.count} records.")
    say(f"The hash of its last line is {found.head}. Keep the hash elsewhere to detect a file that was replaced.")


@guarded
def export(
    slug: Slug,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="The zip file to write.")],
    as_json: Json = False,
) -> None:
    """Export all data of a company, without secrets, as JSON lines in a zip file.

    Example: bilag company export fjell --out fjell.zip
    """
    if not out.resolve().parent.is_dir():
        fail(no_folder(out), WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.audit import company_archive
    from bilag.companies.models import Company
    from bilag.events.exported import Exported, record_export

    counts = company_archive.export(Company.objects.get(pk=setup.company_id), out)
    record_export(setup.company_id, Exported.ARCHIVE, "zip", sum(counts.values()), origin="bilag company export")
    if as_json:
        print_json({"file": str(out), "rows": counts})
    else:
        print_table(["File in the archive", "Rows "], [[f"{name}.jsonl", count] for name, count in counts.items()])
        say(f"Written: {out}")


@guarded
def purge(
    slug: Slug,
    yes: Annotated[
        str,
        typer.Option("--yes", metavar="SLUG", help="The short name again, to confirm. The data cannot be restored."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Delete a company and all its data permanently. The company must be switched off. Users keep their sign-in.

    Example: bilag company purge fjell --yes fjell
    """
    if yes != slug:
        fail(
            f"Nothing was deleted. To delete {slug} permanently, run: bilag company purge {slug} --yes {slug}",
            WRONG_USAGE,
        )
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.audit import company_archive
    from bilag.companies.models import Company

    try:
        counts = company_archive.purge(Company.objects.get(pk=setup.company_id))
    except company_archive.StillLive:
        fail(f"Nothing was deleted: {slug} is switched on. Switch it off on its page Integration setup, or apply its file "
             "with live = false under [company]. Then delete it.", NEEDS_ATTENTION)  # fmt: skip
    if as_json:
        print_json({"company": slug, "removed": counts})
    else:
        print_table(
            ["Deleted", "Rows "], [[rendering.words(name.replace("-", ": ")), count] for name, count in counts.items()]
        )
        say(f"{slug} is deleted.")
