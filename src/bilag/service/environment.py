"""Bilag's environment variables: read in one place, with plain words for invalid values."""

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import platformdirs
from cryptography.fernet import Fernet

from bilag.wire.private_networks import Network, parse_networks

DEFAULT_LISTEN = "127.0.0.1:8000"
CONNECTIONS_BESIDE_THE_POOL = 6
"""Four fetch and end jobs (Procrastinate's own pool), one listens for new jobs, and one is for the probes."""
FEWEST_CONNECTIONS, DEFAULT_CONNECTIONS, MOST_CONNECTIONS = 10, 46, 500


class EnvironmentFault(Exception):
    """An environment variable or the data folder cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OpenIdConnect:
    """A provider that people may sign in through."""

    server: str
    client_id: str
    secret: str = field(repr=False)
    name: str = "OpenID Connect"


@dataclass(frozen=True)
class Environment:
    """The environment and data folder that the process was started with."""

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
    def database_connections(self) -> int:
        """The most connections that this process makes to its database."""
        text = self.variables.get("BILAG_DATABASE_CONNECTIONS", str(DEFAULT_CONNECTIONS))
        if not text.isascii() or not text.isdigit() or not FEWEST_CONNECTIONS <= int(text) <= MOST_CONNECTIONS:
            raise EnvironmentFault(
                f"BILAG_DATABASE_CONNECTIONS is {text!r}. Give a number from {FEWEST_CONNECTIONS} to {MOST_CONNECTIONS}, such as "
                f"{DEFAULT_CONNECTIONS}"
            )
        return int(text)

    @property
    def pool_size(self) -> int:
        """The connections that pages and transfers share; the others are for the queue and the probes."""
        return self.database_connections - CONNECTIONS_BESIDE_THE_POOL

    @cached_property
    def time_scale(self) -> float:
        """Multiplies every waiting time. 1 except in tests."""
        text = self.variables.get("BILAG_TIME_SCALE", "1")
        try:
            scale = float(text)
        except ValueError:
            scale = -1.0
        if not 0 < scale <= 100:
            raise EnvironmentFault(f"BILAG_TIME_SCALE is {text!r}. Give a number above 0, at most 100, such as 0.02")
        return scale

    @cached_property
    def listen(self) -> tuple[str, int]:
        """Host and port of web and API."""
        return self._address("BILAG_LISTEN", self.variables.get("BILAG_LISTEN", DEFAULT_LISTEN))

    @cached_property
    def probes(self) -> tuple[str, int] | None:
        """Host and port on which a separate worker answers probes; None: it does not."""
        text = self.variables.get("BILAG_PROBES", "")
        return self._address("BILAG_PROBES", text) if text else None

    def _address(self, name: str, text: str) -> tuple[str, int]:
        host, separator, port = text.rpartition(":")
        if not separator or not host or not port.isdigit() or int(port) > 65535:
            raise EnvironmentFault(f"{name} is {text!r}. Give host:port, such as {DEFAULT_LISTEN}")
        return host, int(port)

    @cached_property
    def allow_inside(self) -> tuple[Network, ...]:
        """Networks inside that configured addresses may lead to; `wire/private_networks.py` reads them itself."""
        text = self.variables.get("BILAG_ALLOW_INSIDE", "")
        try:
            return parse_networks(text)
        except ValueError as error:
            raise EnvironmentFault(
                f"BILAG_ALLOW_INSIDE is {text!r}. Give addresses or networks, such as 10.20.0.0/16,192.168.1.5"
            ) from error

    @property
    def base_url(self) -> str:
        """The address that links start with, without a slash at the end."""
        host, port = self.listen
        return self.variables.get("BILAG_BASE_URL", f"http://{host}:{port}").rstrip("/")

    @cached_property
    def openid_connect(self) -> OpenIdConnect | None:
        """The provider named by BILAG_OIDC_SERVER, _CLIENT_ID, _SECRET and _NAME; all of the first three or none."""
        given = {name: self.variables.get(f"BILAG_OIDC_{name}", "") for name in ("SERVER", "CLIENT_ID", "SECRET")}
        missing = [f"BILAG_OIDC_{name}" for name, value in given.items() if not value]
        if len(missing) == len(given):
            return None
        if missing:
            raise EnvironmentFault(
                f"{' and '.join(missing)} must be set too, so that users can sign in with the provider"
            )
        if not given["SERVER"].startswith("https://"):
            raise EnvironmentFault("BILAG_OIDC_SERVER must be an https address, such as https://login.example")
        name = self.variables.get("BILAG_OIDC_NAME") or "OpenID Connect"
        return OpenIdConnect(given["SERVER"].rstrip("/"), given["CLIENT_ID"], given["SECRET"], name)

    @cached_property
    def email(self) -> dict[str, object]:
        """Django's settings for sending e-mail, from EMAIL_URL; files under the data folder where it is not set."""
        text = self.variables.get("EMAIL_URL", "")
        parts = urlsplit(text)
        if not text or parts.scheme == "file":
            folder = Path(unquote(parts.path)) if text else self.home / "mail"
            return {"EMAIL_BACKEND": "bilag.service.mail_files.EmailBackend", "EMAIL_FILE_PATH": str(folder)}
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0:
            raise EnvironmentFault(
                "EMAIL_URL is not an address of a mail server. Give smtp://user:password@host:587, "
                "smtps://user:password@host:465 or file:///folder"
            )
        with_tls = parts.scheme == "smtps"
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": port or (465 if with_tls else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": with_tls,
            "EMAIL_USE_TLS": not with_tls and port == 587,
            "EMAIL_TIMEOUT": 20,
        }

    @property
    def email_from(self) -> str:
        """The sender of e-mail: BILAG_EMAIL_FROM, else bilag@ the host of the address."""
        return self.variables.get("BILAG_EMAIL_FROM") or f"Bilag <bilag@{urlsplit(self.base_url).hostname}>"

    @cached_property
    def log_format(self) -> str:
        """`text`, `json`, or empty: text on a terminal, else json."""
        text = self.variables.get("BILAG_LOG", "")
        if text not in ("", "text", "json"):
            raise EnvironmentFault(f"BILAG_LOG is {text!r}. Give text or json")
        return text

    @cached_property
    def secret_keys(self) -> list[str]:
        """Fernet keys, newest first: from BILAG_SECRET_KEYS, else from the key file."""
        return self.checked_keys()

    @property
    def key_file(self) -> Path | None:
        """The key file; None if BILAG_SECRET_KEYS has the keys."""
        return None if self.variables.get("BILAG_SECRET_KEYS", "").strip(", ") else self.home / "secret.key"

    def checked_keys(self) -> list[str]:
        """Return the current keys. Raises `EnvironmentFault` for an invalid one."""
        given = self.variables.get("BILAG_SECRET_KEYS", "")
        keys = [key.strip() for key in given.split(",") if key.strip()] or self._keys_of_file()
        if not keys:
            raise EnvironmentFault(
                f"The key file {self.home / 'secret.key'} is empty. Restore it from a backup: it is the key to all secrets"
            )
        for position, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError as error:
                source = "BILAG_SECRET_KEYS" if given else str(self.home / "secret.key")
                raise EnvironmentFault(
                    f"Key {position} of {source} is not a Fernet key (32 bytes, url-safe base64). Create a key with: "
                    'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
                ) from error
        return keys

    def _keys_of_file(self) -> list[str]:
        path = self.home / "secret.key"
        if self._may_make_key():
            self.keep_key()
        elif not path.exists():
            return [self._unkept_key]
        return [line.strip() for line in path.read_text().splitlines() if line.strip()]

    def _may_make_key(self) -> bool:
        """Return whether a missing key can be created without asking: the database is embedded and does not exist yet."""
        return not self.has_database

    @property
    def has_database(self) -> bool:
        """Whether there is a database: a shared one, or an embedded one that was created."""
        return self.database_url is not None or (self.home / "postgres" / "PG_VERSION").exists()

    @cached_property
    def _unkept_key(self) -> str:
        return Fernet.generate_key().decode()

    @property
    def has_key(self) -> bool:
        """Whether this machine was given a key. Without one, `secret_keys` is new and not stored anywhere yet."""
        return self.key_file is None or self.key_file.exists()

    def keep_key(self) -> None:
        """Write the key file (mode 0600) unless it exists: the database knows no key yet, and this becomes its first."""
        path = self.home / "secret.key"
        self.make_home()
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(self._unkept_key + "\n")
        except FileExistsError:
            pass  # an earlier start, or another process at the same time, made the key: it counts

    def make_home(self) -> None:
        """Make the data folder if it is missing. Raises `EnvironmentFault` when it cannot be written."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"Cannot create the data folder {self.home}: {error.strerror}. Set BILAG_HOME to a folder that Bilag can write to"
            ) from error
        if not os.access(self.home, os.W_OK):
            raise EnvironmentFault(
                f"Cannot write to the data folder {self.home}. Set BILAG_HOME to a folder that Bilag can write to"
            )


environment = Environment(os.environ)
