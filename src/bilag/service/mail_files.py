"""E-mails as files, readable by their owner only: they have links that sign people in."""

import os
from pathlib import Path
from typing import Any

from django.core.mail.backends.filebased import EmailBackend as AnyonesFiles

FOLDER_MODE, FILE_MODE = 0o700, 0o600


class EmailBackend(AnyonesFiles):
    """Django's file backend, creating folder and files with the permissions of the process's umask."""

    def __init__(self, *, file_path: str | None = None, **kwargs: Any) -> None:
        from django.conf import settings

        folder = Path(file_path or str(getattr(settings, "EMAIL_FILE_PATH")))  # noqa: B009 - only set for this backend
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        elif folder == settings.BILAG_HOME / "mail":  # an earlier version created it with other permissions
            folder.chmod(FOLDER_MODE)
        super().__init__(file_path=str(folder), **kwargs)

    def open(self) -> bool:
        """Open a new file."""
        if self.stream is not None:
            return False
        name: str = self._get_filename()
        number = os.open(name, os.O_CREAT | os.O_APPEND | os.O_WRONLY, FILE_MODE)
        self.stream = os.fdopen(number, "ab")
        return True
