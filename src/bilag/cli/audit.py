"""`bilag audit` and `bilag audit-verify`; `bilag company export` and `purge`."""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_PERSON, WRONG_USAGE, Json, Slug, fail, print_json, print_table, say


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: give one such as 2026-11-01") from None


@guarded
def audit(
    slug: Slug,
    first: Annotated[date, typer.Option("--from", parser=_day, metavar="DATE", help="From this day on.")],
    last: Annotated[date, typer.Option("--to", parser=_day, metavar="DATE", help="Until this day, included.")],
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Write to this file; else to stdout.")
    ] = None,
) -> None:
    """The control trail for an auditor: what was asked for by whom, sent and answered, as JSON lines with a hash chain.

    Example: bilag audit fjell --from 2026-01-01 --to 2026-12-31 --out trail-2026.jsonl
    """
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}")
    if out is not None and not out.resolve().parent.is_dir():
        fail(f"{out} cannot be written: there is no folder {out.resolve().parent}.", WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.audit.audit_file import lines
    from bilag.companies.models import Company

    trail = lines(Company.objects.get(pk=setup.company_id), first, last)
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
    say(f"Written: {out}, {count - 2} records. Check it with: bilag audit-verify {out}")


@guarded
def audit_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `bilag audit` wrote.")], as_json: Json = False
) -> None:
    """Check that nothing in the file was changed, moved, added or removed since `bilag audit` wrote it. Needs no database.

    Example: bilag audit-verify trail-2026.jsonl
    """
    from bilag.audit.hash_chain import LONGEST_LINE, BrokenChain, verify

    try:
        with file.open("rb") as lines:
            found = verify(iter(lambda: lines.readline(LONGEST_LINE + 1), b""))
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.", WRONG_USAGE)
    except BrokenChain as broken:
        if as_json:
            print_json({"whole": False, "line": broken.line, "why": str(broken)})
        fail(f"{file} is not as it was written. {str(broken).capitalize()}.", NEEDS_PERSON)
    header = found.header
    if as_json:
        print_json({"whole": True, "company": header["company"], "from": header["from"], "to": header["to"],
                    "records": found.count, "head": found.head})  # fmt: skip
        return
    say(f"{file} is whole: {header['company']}, {header['from']} to {header['to']}, {found.count} records.")
    say(f"The hash of its last line is {found.head}: keep it elsewhere, and a file that was made anew shows, too.")


@guarded
def export(
    slug: Slug,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="The zip file to write.")],
    as_json: Json = False,
) -> None:
    """Everything that Bilag holds of a company, without secrets, as JSON lines in a zip.

    Example: bilag company export fjell --out fjell.zip
    """
    if not out.resolve().parent.is_dir():
        fail(f"{out} cannot be written: there is no folder {out.resolve().parent}.", WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.audit import company_archive
    from bilag.companies.models import Company

    counts = company_archive.export(Company.objects.get(pk=setup.company_id), out)
    if as_json:
        print_json({"file": str(out), "rows": counts})
    else:
        print_table(["What", "Rows "], [[name, count] for name, count in counts.items()])
        say(f"Written: {out}")


@guarded
def purge(
    slug: Slug,
    yes: Annotated[
        str, typer.Option("--yes", metavar="SLUG", help="The short name again: nothing can be brought back.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Remove a company and everything of it for good. It must not be live. People keep their sign-in.

    Example: bilag company purge fjell --yes fjell
    """
    if yes != slug:
        fail(
            f"Nothing was removed. To remove {slug} for good, type: bilag company purge {slug} --yes {slug}",
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
        fail(f"Nothing was removed: {slug} is live. Switch it off on its page Integration setup, or apply its file with "
             "live = false under [company]; then purge again.", NEEDS_PERSON)  # fmt: skip
    if as_json:
        print_json({"company": slug, "removed": counts})
    else:
        print_table(["Removed", "Rows "], [[name, count] for name, count in counts.items()])
        say(f"{slug} is gone.")
