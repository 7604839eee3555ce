"""`bilag backup` and `bilag restore`: the embedded database and its key together."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import WRONG_USAGE, Json, fail, print_json, say

NewFolder = Annotated[Path, typer.Argument(help="The folder to create.", metavar="DIR")]
BackupFolder = Annotated[Path, typer.Argument(help="A folder that bilag backup made.", metavar="DIR")]


@guarded
def backup(folder: NewFolder, as_json: Json = False) -> None:
    """Back up the embedded database and its key, while Bilag runs. Keep the folder safe: with it, everything can be read.

    Example: bilag backup /backup/bilag-2026-11-30
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.service.backup import BackupFault, back_up

    try:
        made = back_up(folder.absolute())
    except BackupFault as fault:
        _refuse(str(fault))
    if as_json:
        print_json({"folder": str(folder.absolute()), **asdict(made)})
    say(
        f"{folder} has the database ({made.bytes / 1e6:.1f} MB) and the key {made.keys[0]}. Both are needed to restore."
    )


@guarded
def restore(folder: BackupFolder, as_json: Json = False) -> None:
    """Restore a backup into BILAG_HOME, in which there must be no database.

    Bilag then finds what was posted after the backup was made, and takes it in: bilag recover.

    Example: BILAG_HOME=/srv/bilag bilag restore /backup/bilag-2026-11-30
    """
    from bilag.service.backup import BackupFault
    from bilag.service.backup import restore as restored
    from bilag.service.database import sole
    from bilag.service.environment import environment

    try:
        with sole("web"), sole("worker"):
            made = restored(folder.absolute())
    except BackupFault as fault:
        _refuse(str(fault))
    if as_json:
        print_json({"home": str(environment.home), **asdict(made)})
    say(
        f"Restored the backup of {made.made_at} to {environment.home}. Start bilag serve. It asks each company's accounting for "
        "vouchers that the backup does not know; take them in with: bilag recover SLUG"
    )


def _refuse(text: str) -> NoReturn:
    fail(text, WRONG_USAGE)
