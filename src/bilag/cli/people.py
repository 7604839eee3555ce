"""`bilag user`: the users who sign in to the pages."""

import sys
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import WRONG_USAGE, Json, fail, print_json, print_table, say

app = typer.Typer(help="Users who sign in to the pages.", no_args_is_help=True, rich_markup_mode=None)
ROLES = ("owner", "member", "accountant", "viewer")
ROLE_WORDS = ", ".join(ROLES)


@app.command("add")
@guarded
def add_user(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The email address that the user signs in with.")],
    company: Annotated[
        str | None, typer.Option("--company", metavar="SLUG", help="A company that the user becomes a member of.")
    ] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help=f"The role in that company: {ROLE_WORDS}.")] = None,
    operator: Annotated[bool, typer.Option("--operator", help="Give full access to all companies.")] = False,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The name of the user.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin instead of printing a link.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a user, or give an existing user a role. Prints a link where the user chooses a password.

    Example: bilag user add kari@fjell.example --company fjell --role owner
    """
    if (company is None) != (role is None):
        fail("Give --company and --role together: a role belongs to a company.", WRONG_USAGE)
    if company is None and not operator:
        fail("Give --company SLUG and --role ROLE, or --operator for a user who runs this Bilag.", WRONG_USAGE)
    if role is not None and role not in ROLES:
        fail(f"'{role}' is not a role: give {ROLE_WORDS} with --role.", WRONG_USAGE)
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
        fail(f"'{email}' is not an email address.", WRONG_USAGE)
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
    what = "an operator" if user.is_operator else "a user"
    say(f"{user.email} is {'now ' if is_new else ''}{what}{f', {role} of {company}' if role else ''}.")
    if link:
        say("The user chooses a password with this link. It works once, for three days:")
        sys.stdout.write(link + "\n")


def _choose(user: Any, password: str) -> None:
    """Set the password, or exit with what is wrong with it."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password, user)
    except ValidationError as fault:
        fail(" ".join(["Nothing was changed:", *fault.messages]), WRONG_USAGE)
    user.set_password(password)


def _link(user: Any) -> str:
    """Return the link that resets a password. The pages send the same link by email."""
    from allauth.account.adapter import get_adapter
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter().get_reset_password_from_key_url(key))


@app.command("list")
@guarded
def list_users(as_json: Json = False) -> None:
    """List all users and their roles.

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
        ["Email", "Name", "Operator", "Roles", "Last signed in (Oslo)"],
        (
            [
                one["email"],
                one["name"],
                "yes" if one["operator"] else "",
                ", ".join(f"{slug}: {role}" for slug, role in one["roles"].items()),
                rendering.clock(one["lastSignedIn"], "never"),
            ]
            for one in people
        ),
        empty="There are no users yet. Add one with: bilag user add EMAIL --operator",
        less=["Last signed in (Oslo)", "Name"],
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
