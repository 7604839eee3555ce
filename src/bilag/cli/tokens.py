"""`bilag token`: the tokens of programs that use the HTTP API."""

import sys
from datetime import date
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, WRONG_USAGE, Json, Slug, fail, print_json, print_table, say
from bilag.cli.parsers import parse_day

app = typer.Typer(help="Tokens of the HTTP API.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
@guarded
def add_token(
    slug: Slug,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the token is for, such as 'Reports in Power BI'.")],
    write: Annotated[bool, typer.Option("--write", help="Allow changes. Default: read only.")] = False,
    last_day: Annotated[
        date | None,
        typer.Option("--last-day", parser=parse_day, metavar="DATE", help="The last day that the token is valid."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a token for a program and print it. It is shown only once.

    Example: bilag token add fjell --name "Reports in Power BI"
    """
    if not name.strip() or len(name) > 100:
        fail("Give a name of at most 100 characters with --name, such as what the token is for.", WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from django.utils import timezone

    from bilag.companies.models import Company
    from bilag.members import tokens
    from bilag.posting.selection import OSLO

    setup = load(slug)
    day = last_day
    if day is not None and day < timezone.now().astimezone(OSLO).date():
        fail(f"--last-day {day} is in the past. Give today or a later day.", WRONG_USAGE)
    row, token = tokens.make(
        Company.objects.get(pk=setup.company_id),
        name.strip(),
        ["read", "write"] if write else ["read"],
        by="bilag token add",
        last_day=day,
    )
    if as_json:
        print_json({**_token_as_json(row), "token": token})
        return
    say(f"{row.name}: {'read and write' if write else 'read-only'} access to {setup.name}.")
    say("Copy the token now. It is never shown again:")
    sys.stdout.write(token + "\n")


@app.command("list")
@guarded
def list_tokens(slug: Slug, as_json: Json = False) -> None:
    """List the tokens of a company, without their secrets.

    Example: bilag token list fjell
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.members.models import ApiToken

    rows = [
        _token_as_json(row) for row in ApiToken.objects.filter(company_id=load(slug).company_id).order_by("name", "id")
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ["Number ", "Name", "Begins with", "Access", "Created by", "Last used (Oslo)", "Expires"],
        (
            [
                row["number"],
                row["name"],
                row["beginning"],
                ", ".join(row["scopes"]),
                row["madeBy"],
                rendering.clock(row["lastUsed"], "never"),
                rendering.day(row["lastDay"]) or "never",
            ]
            for row in rows
        ),
        empty=f"There are no tokens. Create one with: bilag token add {slug} --name NAME",
        less=["Begins with", "Created by", "Last used (Oslo)"],
    )


@app.command("revoke")
@guarded
def revoke_token(
    slug: Slug, number: Annotated[str, typer.Argument(metavar="NUMBER", help="The number in `bilag token list`.")]
) -> None:
    """Revoke a token. Programs can no longer use it.

    Example: bilag token revoke fjell 3
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.companies.models import Company
    from bilag.members import tokens

    setup = load(slug)
    known = number.isascii() and number.isdigit() and len(number) < 19
    row = (
        tokens.revoke(Company.objects.get(pk=setup.company_id), int(number), by="bilag token revoke") if known else None
    )
    if row is None:
        fail(
            f"{setup.slug} has no token {number}. List the tokens with: bilag token list {setup.slug}", NEEDS_ATTENTION
        )
    say(f"The token {row.name} ({row.beginning}…) is revoked.")


def _token_as_json(row: Any) -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.name,
        "beginning": row.beginning,
        "scopes": row.scopes,
        "madeBy": row.made_by,
        "lastUsed": row.last_used_at.isoformat() if row.last_used_at else None,
        "lastDay": row.last_day.isoformat() if row.last_day else None,
    }
