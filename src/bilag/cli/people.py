"""`bilag user`: who signs in to the pages."""

import sys
from typing import Annotated, Any

import typer

from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import WRONG_USAGE, Json, fail, print_json, print_table, say

app = typer.Typer(help="People who sign in to the pages.", no_args_is_help=True, rich_markup_mode=None)
ROLES = ("owner", "member", "viewer")
ROLE_WORDS = ", ".join(ROLES)


@app.command("add")
@guarded
def add_user(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")],
    company: Annotated[
        str | None, typer.Option("--company", metavar="SLUG", help="A company to be a member of.")
    ] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help=f"Their role there: {ROLE_WORDS}.")] = None,
    operator: Annotated[bool, typer.Option("--operator", help="They see and may do all for every company.")] = False,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Their name, as others see it.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, and print no link.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a person, or give one who is there a role. Prints a link with which they choose a password.

    Example: bilag user add kari@fjell.example --company fjell --role owner
    """
    if (company is None) != (role is None):
        fail("Give --company and --role together: the role is theirs in that company.", WRONG_USAGE)
    if company is None and not operator:
        fail("Give --company SLUG and --role ROLE, or --operator for somebody who runs this Bilag.", WRONG_USAGE)
    if role is not None and role not in ROLES:
        fail(f"--role is {role!r}: give one of {ROLE_WORDS}.", WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.db import transaction

    from bilag.companies.models import Company
    from bilag.members import joining
    from bilag.members.models import Role, User

    try:
        validate_email(email)
    except ValidationError:
        fail(f"{email!r} is no e-mail address.", WRONG_USAGE)
    setup = load(company) if company else None
    user = User.objects.filter(email__iexact=email).first()
    is_new = user is None
    user = user or User(email=email.strip().lower())
    user.name = name if name is not None else user.name
    user.is_operator = user.is_operator or operator
    if password_stdin:
        _choose(user, sys.stdin.readline().rstrip("\r\n"))
    elif is_new:
        user.set_unusable_password()
    with transaction.atomic():
        user.save()
        if setup is not None and role is not None:
            joining.add_member(Company.objects.get(pk=setup.company_id), user, Role(role), by="bilag user add")
    link = None if user.has_usable_password() else _link(user)
    if as_json:
        print_json({**_as_json(user), "created": is_new, "passwordLink": link})
        return
    what = "an operator" if user.is_operator else "a person"
    say(f"{user.email} is {'now ' if is_new else ''}{what}{f', {role} of {company}' if role else ''}.")
    if link:
        say("They choose a password at this link, once, within three days:")
        sys.stdout.write(link + "\n")


def _choose(user: Any, password: str) -> None:
    """Set the password, or end with what is wrong with it."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password, user)
    except ValidationError as fault:
        fail(" ".join(["Nothing was changed:", *fault.messages]), WRONG_USAGE)
    user.set_password(password)


def _link(user: Any) -> str:
    """The link of "forgotten password", which pages send by e-mail."""
    from allauth.account.adapter import get_adapter
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter().get_reset_password_from_key_url(key))


@app.command("list")
@guarded
def list_users(as_json: Json = False) -> None:
    """List all people and what they may do.

    Example: bilag user list
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.members.models import User

    people = [_as_json(user) for user in User.objects.prefetch_related("memberships__company").order_by("email")]
    if as_json:
        print_json(people)
        return
    print_table(
        ["E-mail", "Name", "Operator", "Roles", "Last signed in"],
        (
            [
                one["email"],
                one["name"],
                "yes" if one["operator"] else "",
                ", ".join(f"{slug}: {role}" for slug, role in one["roles"].items()),
                one["lastSignedIn"] or "never",
            ]
            for one in people
        ),
        empty="Nobody yet. Begin with: bilag user add EMAIL --operator",
    )


def _as_json(user: Any) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "operator": user.is_operator,
        "active": user.is_active,
        "roles": {one.company.slug: one.role for one in user.memberships.all()},
        "lastSignedIn": user.last_login.isoformat() if user.last_login else None,
    }
