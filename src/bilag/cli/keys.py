"""`bilag keys`: the keys that encrypt what is secret at rest; changed while Bilag runs."""

import sys
from typing import Any

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import DONE, NEEDS_PERSON, Json, print_json, print_table, say

app = typer.Typer(help="Keys that encrypt what is secret in the database.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
@guarded
def list_keys(as_json: Json = False) -> None:
    """List the keys by fingerprint, and how many secrets each opens. A key itself is never shown.

    Example: bilag keys list
    """
    from bilag.cli.django_ready import make_ready

    make_ready()
    found = _found()
    if as_json:
        print_json(found)
        return
    print_table(
        ["Key", "Use", "Secrets "],
        ([one["key"], one["use"], one["secrets"]] for one in found["keys"]),
        title=f"Keys of {found['source']}",
    )
    if found["unreadable"]:
        say(_unreadable(found["unreadable"]))


@app.command("new")
@guarded
def new_key() -> None:
    """Make a key. In the key file it is put first, and running processes take it up by themselves.

    Where BILAG_SECRET_KEYS has the keys, it is printed, to be put there.

    Example: bilag keys new
    """
    from bilag.cli.django_ready import make_ready

    make_ready(migrated=False, pages=False)
    from cryptography.fernet import Fernet

    from bilag.service.environment import environment
    from bilag.service.keys import add_to_file, fingerprint

    path = environment.key_file
    if path is not None:
        key = add_to_file(path)
        say(f"Key {fingerprint(key)} stands first in {path}. Back the file up, then run: bilag keys rotate")
        return
    key = Fernet.generate_key().decode()
    say(
        f"Key {fingerprint(key)}. Put it at the END of BILAG_SECRET_KEYS and restart every process; then put it first and "
        "restart every process again (so no process ever meets a secret that it cannot read); then: bilag keys rotate"
    )
    sys.stdout.write(key + "\n")


@app.command("rotate")
@guarded
def rotate(as_json: Json = False) -> None:
    """Encrypt all secrets anew with the first key, while Bilag runs. Killed, it goes on where it stood.

    Example: bilag keys rotate
    """
    from bilag.cli.django_ready import make_ready

    make_ready()
    from bilag.companies.resealing import reseal

    replaced = 0
    for looked, replaced in reseal():
        say(f"{looked} secrets looked at, {replaced} encrypted anew")
    found = _found()
    others = found["keys"][1:]
    remaining = sum(one["secrets"] for one in others)
    if as_json:
        print_json({**found, "replaced": replaced, "remaining": remaining})
    if found["unreadable"]:
        say(_unreadable(found["unreadable"]))
    if remaining:
        say(
            f"{remaining} secrets remain under earlier keys: a process that still encrypts with one saved them meanwhile. "
            "Remove no key. Restart that process, then run this again."
        )
    elif others and not found["unreadable"]:
        names = " and ".join(one["key"] for one in others)
        say(
            f"Nothing remains under {names}: may be removed from {found['source']}. Sessions and links signed with it end "
            "then; none is older than 14 days."
        )
    elif not others:
        say("There is one key only, and everything is under it. For another one: bilag keys new")
    raise typer.Exit(NEEDS_PERSON if remaining or found["unreadable"] else DONE)


def _found() -> dict[str, Any]:
    from bilag.companies.resealing import UNREADABLE, counts
    from bilag.service.environment import environment
    from bilag.service.keys import fingerprint, ring

    count = counts()
    keys = [
        {"key": fingerprint(key), "use": "encrypts and reads" if place == 0 else "reads", "secrets": count[place]}
        for place, key in enumerate(ring)
    ]
    return {"source": str(environment.key_file or "BILAG_SECRET_KEYS"), "keys": keys, "unreadable": count[UNREADABLE]}


def _unreadable(count: int) -> str:
    return (
        f"{count} secrets open with none of these keys. Put the key that they were saved with back (it stands in your backup), "
        "or give the secrets anew on the setup page."
    )
