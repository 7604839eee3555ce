"""What a person at Tryton's own client does: JSON-RPC with user name and password. For tests only; Bilag speaks REST."""

import base64
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support import local_http

LONGEST_WORDS = 2000
"""Behind its words Tryton tells of every field of the model."""
PASSWORD = "admin-of-the-tests"


class Fault(Exception):
    """Tryton said no; the arguments are its words."""


class Person:
    """The administrator, signed in."""

    def __init__(self, address: str, database: str) -> None:
        self._http = local_http.client(f"{address}/{database}/")
        self._headers: dict[str, str] = {}
        self.context: dict[str, Any] = {}
        self.user, token, *_ = self.call("common.db.login", "admin", {"password": PASSWORD})
        session = base64.b64encode(f"admin:{self.user}:{token}".encode()).decode()
        self._headers = {"Authorization": f"Session {session}"}
        self.see_companies()

    def see_companies(self) -> None:
        """Read the company that the user works in, after it changed."""
        self.context = self.call("model.res.user.get_preferences", True, {})

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, *params: Any) -> Any:
        body = {"id": 1, "method": method, "params": [wrapped(one) for one in params]}
        answer = self._http.post("rpc/", json=body, headers=self._headers)
        assert answer.status_code == 200, answer.text
        value = answer.json()
        if value.get("error"):
            raise Fault(str(value["error"])[:LONGEST_WORDS])
        return unwrapped(value["result"])

    def on(self, model: str, method: str, *args: Any, **context: Any) -> Any:
        return self.call(f"model.{model}.{method}", *args, {**self.context, **context})

    def create(self, model: str, **values: Any) -> int:
        return int(self.on(model, "create", [values])[0])

    def write(self, model: str, record: int, **values: Any) -> None:
        self.on(model, "write", [record], values)

    def search(self, model: str, *domain: Any) -> list[int]:
        return list(self.on(model, "search", list(domain), 0, None, None))

    def one(self, model: str, *domain: Any) -> int:
        (found,) = self.search(model, *domain)
        return found

    def read(self, model: str, domain: list[Any], *fields: str) -> list[dict[str, Any]]:
        return list(self.on(model, "search_read", domain, 0, None, None, list(fields)))


def wrapped(value: Any) -> Any:
    """A value as Tryton's JSON has it."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, dict):
        return {name: wrapped(item) for name, item in value.items()}
    return [wrapped(item) for item in value] if isinstance(value, list | tuple) else value


def unwrapped(value: Any) -> Any:
    """And back."""
    if isinstance(value, list):
        return [unwrapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__class__") == "Decimal":
        return Decimal(value["decimal"])
    if value.get("__class__") == "date":
        return date(value["year"], value["month"], value["day"])
    return {name: unwrapped(item) for name, item in value.items()}
