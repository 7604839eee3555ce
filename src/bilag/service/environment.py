"""The environment variables of docs/interface: read in one place, told in plain words when they are wrong."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs
from cryptography.fernet import Fernet

DEFAULT_LISTEN = "127.0.0.1:8000"


class EnvironmentFault(Exception):
    """An environment variable or the data folder cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """What the process was started with."""

    variables: "os._Environ[str] | dict[str, str]"

    @cached_property
    def home(self) -> Path:
        """Folder of the embedded database, the key file and the logs."""
        named = self.variables.get("BILAG_HOME")
        return Path(named).expanduser().absolute() if named else Path(platformdirs.user_data_dir("bilag"))

    @property
    def database_url(self) -> str | None:
        """The PostgreSQL to use, or None for the embedded one."""
        return self.variables.get("DATABASE_URL") or None

    @cached_property
    def time_scale(self) -> float:
        """Multiplies every waiting time. 1 except in tests."""
        text = self.variables.get("BILAG_TIME_SCALE", "1")
        try:
            scale = float(text)
        except ValueError:
            scale = -1.0
        if not 0 < scale <= 100:
            raise EnvironmentFault(f"BILAG_TIME_SCALE is {text!r}: give a number above 0 and at most 100, such as 0.02")
        return scale

    @cached_property
    def listen(self) -> tuple[str, int]:
        """Host and port of web and API."""
        text = self.variables.get("BILAG_LISTEN", DEFAULT_LISTEN)
        host, separator, port = text.rpartition(":")
        if not separator or not host or not port.isdigit() or int(port) > 65535:
            raise EnvironmentFault(f"BILAG_LISTEN is {text!r}: give host:port, such as {DEFAULT_LISTEN}")
        return host, int(port)

    @property
    def base_url(self) -> str:
        """The address that links start with, without a slash at the end."""
        host, port = self.listen
        return self.variables.get("BILAG_BASE_URL", f"http://{host}:{port}").rstrip("/")

    @cached_property
    def log_format(self) -> str:
        """`text`, `json`, or empty: text on a terminal, else json."""
        text = self.variables.get("BILAG_LOG", "")
        if text not in ("", "text", "json"):
            raise EnvironmentFault(f"BILAG_LOG is {text!r}: give text or json")
        return text

    @cached_property
    def secret_keys(self) -> list[str]:
        """Fernet keys, newest first: from BILAG_SECRET_KEYS, else from the key file, made (mode 0600) if missing."""
        given = self.variables.get("BILAG_SECRET_KEYS", "")
        keys = [key.strip() for key in given.split(",") if key.strip()] or self._keys_of_file()
        for position, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError as error:
                source = "BILAG_SECRET_KEYS" if given else str(self.home / "secret.key")
                raise EnvironmentFault(
                    f"key {position} of {source} is no Fernet key (32 bytes, url-safe base64). Make one with: "
                    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
                ) from error
        return keys

    def _keys_of_file(self) -> list[str]:
        path = self.home / "secret.key"
        self.make_home()
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(Fernet.generate_key().decode() + "\n")
        except FileExistsError:
            pass  # made by an earlier start: that key is read below
        return [line.strip() for line in path.read_text().splitlines() if line.strip()]

    def make_home(self) -> None:
        """Make the data folder if it is missing. Raises `EnvironmentFault` when it cannot be written."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"the data folder {self.home} cannot be made ({error.strerror}): set BILAG_HOME to one that can be written"
            ) from error
        if not os.access(self.home, os.W_OK):
            raise EnvironmentFault(f"the data folder {self.home} cannot be written: set BILAG_HOME to another one")


environment = Environment(os.environ)
