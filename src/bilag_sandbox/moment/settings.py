"""The sandbox's settings, stored in its database."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bilag_sandbox.common import Store
from bilag_sandbox.moment import exact

COMPANY_ID, API_KEY = "4021", "example-moment-key"
WEBHOOK_KINDS = ("invoice", "customer", "project")


class SettingError(ValueError):
    """An unknown setting, or an invalid value; the message says which."""


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _seconds(value: Any) -> bool:
    return type(value) is not bool and not isinstance(value, str) and value is not None and 0 <= value <= 3600


def _share(value: Any) -> bool:
    return type(value) is not bool and not isinstance(value, str) and value is not None and 0 <= value <= 1


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _address(value: Any) -> bool:
    return value is None or (isinstance(value, str) and urlsplit(value).scheme in ("http", "https"))


Rule = tuple[Any, Callable[[Any], bool], str]
SETTINGS: dict[str, Rule] = {
    "companyId": (COMPANY_ID, lambda value: isinstance(value, str) and value.isdigit(), "digits as a text"),
    "apiKey": (API_KEY, _text, "a text"),
    "keyState": ("valid", lambda value: value in ("valid", "expired", "forbidden"), "valid, expired or forbidden"),
    "clockOffsetSeconds": (0, lambda value: type(value) is int, "a whole number"),
    "exportStatusEvents": (False, _flag, "true or false"),
    "maxAttachmentBytes": (20 * 1024 * 1024, _count, "a whole number"),
    "rowsOutsideDates": (False, _flag, "true or false"),
    "movingRows": (False, _flag, "true or false"),
    "moodSeed": (0, _count, "a whole number"),
}
WEBHOOK_SETTINGS: dict[str, Rule] = {
    **dict.fromkeys(WEBHOOK_KINDS, (None, _address, "an http address or null")),
    "lost": (0, _share, "from 0 to 1"),
    "copies": (1, lambda value: type(value) is int and 1 <= value <= 20, "from 1 to 20"),
    "delayFrom": (0, _seconds, "seconds, at most 3600"),
    "delayTo": (0, _seconds, "seconds, at most 3600"),
    "shuffle": (0, _count, "how many are held back to be reordered"),
    "holdSeconds": (1, _seconds, "seconds, at most 3600"),
    "seed": (0, _count, "a whole number"),
}


class Settings:
    """Named values with defaults, read from memory and written through to the store."""

    def __init__(self, store: Store, rules: Mapping[str, Rule], prefix: str = "") -> None:
        self._store = store
        self._rules = rules
        self._prefix = prefix
        kept = {row["name"]: exact.loads(row["value"]) for row in store.rows("select * from setting")}
        self.values: dict[str, Any] = {name: kept.get(prefix + name, rule[0]) for name, rule in rules.items()}

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def change(self, values: Any) -> None:
        """Set some of the values, all or none. Raises `SettingError`."""
        if not isinstance(values, Mapping):
            raise SettingError("an object is expected")
        for name, value in values.items():
            if name not in self._rules:
                raise SettingError(f"{name} is unknown; there are {', '.join(self._rules)}")
            if not self._rules[name][1](value):
                raise SettingError(f"{name} must be {self._rules[name][2]}")
        with self._store.transaction() as connection:
            for name, value in values.items():
                row = (self._prefix + name, exact.dumps(value))
                connection.execute("insert or replace into setting values (?, ?)", row)
        self.values |= values
