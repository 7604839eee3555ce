"""`bilag keys`: the keys that encrypt secrets in the database. Keys are rotated while Bilag runs."""

import sys
from typing import Any

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import DONE, NEEDS_ATTENTION, Json, print_json, print_table, say

app = typer.Typer(help="Keys that encrypt the secrets in the database.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
@guarded
def list_keys(as_json: Json = False) -> None:
    """List the keys by fingerprint, and how many secrets each decrypts. The keys are never shown.

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
        title=f"Keys in {found['source']}",
    )
    if found["unreadable"]:
        say(_unreadable(found["unreadable"]))


@app.command("new")
@guarded
def new_key() -> None:
    """Create a key and put it first in the key file. Running processes use it automatically.

    If the keys are in BILAG_SECRET_KEYS, the new key is printed instead.

    Example: bilag keys new
    """
    from bilag.cli.django_ready import make_ready

    make_ready(migrated=False, pages=False)
    from cryptography.fernet import Fernet

    from bilag.service.environment import environment
    from bilag.service.fingerprints import fingerprint
    from bilag.service.keys import add_to_file

    path = environment.key_file
    if path is not None:
        key = add_to_file(path)
        say(f"Key {fingerprint(key)} is first in {path}. Back up the file, then run: bilag keys rotate")
        return
    key = Fernet.generate_key().decode()
    say(
        f"Key {fingerprint(key)}. 1. Put it at the END of BILAG_SECRET_KEYS and restart every process. 2. Put it first and "
        "restart every process again, so that every process can always read every secret. 3. Run: bilag keys rotate"
    )
    sys.stdout.write(key + "\n")


@app.command("rotate")
@guarded
def rotate(as_json: Json = False) -> None:
    """Encrypt all secrets again with the first key, while Bilag runs. Run it again to resume after an interruption.

    Example: bilag keys rotate
    """
    from bilag.cli.django_ready import make_ready

    make_ready()
    from bilag.companies.resealing import reseal
    from bilag.service.admission import only_key_left

    replaced = 0
    for looked, replaced in reseal():
        say(f"{looked} secrets checked, {replaced} encrypted again")
    found = _found()
    others = found["keys"][1:]
    remaining = sum(one["secrets"] for one in others)
    if as_json:
        print_json({**found, "replaced": replaced, "remaining": remaining})
    if found["unreadable"]:
        say(_unreadable(found["unreadable"]))
    elif not remaining:
        only_key_left()
    if remaining:
        say(
            f"{remaining} secrets are still encrypted with earlier keys: a running process still uses one of them. "
            "Do not remove a key. Restart that process, then run this command again."
        )
    elif others and not found["unreadable"]:
        names = " and ".join(one["key"] for one in others)
        say(
            f"No secret is encrypted with {names} now. You can remove it from {found['source']}. This ends the sessions and "
            "links that are signed with it. None is older than 14 days."
        )
    elif not others:
        say("There is only one key, and it encrypts all secrets. Create another with: bilag keys new")
    raise typer.Exit(NEEDS_ATTENTION if remaining or found["unreadable"] else DONE)


def _found() -> dict[str, Any]:
    from bilag.companies.resealing import UNREADABLE, counts
    from bilag.service.environment import environment
    from bilag.service.fingerprints import fingerprint
    from bilag.service.keys import ring

    count = counts()
    keys = [
        {"key": fingerprint(key), "use": "encrypts and decrypts" if place == 0 else "decrypts", "secrets": count[place]}
        for place, key in enumerate(ring)
    ]
    return {"source": str(environment.key_file or "BILAG_SECRET_KEYS"), "keys": keys, "unreadable": count[UNREADABLE]}


def _unreadable(count: int) -> str:
    return (
        f"{count} secrets cannot be decrypted with these keys. Restore the missing key from your backup, or enter the secrets "
        "again on the page Integration setup."
    )
