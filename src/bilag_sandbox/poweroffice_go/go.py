"""The sandbox itself: store, settings, clock, clients, tokens and the gateway's allowance."""

import json
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bilag_sandbox.common import Clock, FaultBoard, Store
from bilag_sandbox.hub import defaults as hub_defaults
from bilag_sandbox.poweroffice_go import defaults
from bilag_sandbox.poweroffice_go.refusals import Refusal, not_found, throttled
from bilag_sandbox.poweroffice_go.schema import SCHEMA, VERSION

SETTINGS = {"tokenSeconds": 1200, "requestsPerSecond": 10, "clockOffsetSeconds": 0, "capitalProblems": 0}
YEARS_BACK = 3
FIRST_IDS = {"account": 2_100_001, "vat": 31, "contact": 4_500_001, "ledger": 6_200_001, "object": 810_001}
"""Ids are far from visible numbers and codes, so that confusing the two is noticed."""


@dataclass(frozen=True, slots=True)
class Client:
    """A company, and what its configuration says now."""

    id: str
    key: str
    config: Mapping[str, Any]


@dataclass(slots=True)
class Go:
    """A sandbox with its data, shared by all requests of a process. Create it with `Go.open`."""

    store: Store
    settings: dict[str, int]
    clock: Clock = field(default_factory=Clock)
    faults: FaultBoard = field(default_factory=FaultBoard)
    _window: deque[float] = field(default_factory=deque)

    @classmethod
    def open(cls, folder: Path | None = None, clock: Clock | None = None, **settings: int | None) -> "Go":
        """Open the data; new ones get the default companies. `settings` replace stored ones."""
        store = Store.open(folder, "poweroffice-go.sqlite3", SCHEMA, version=VERSION)
        kept = {row["name"]: int(row["value"]) for row in store.rows("select * from setting")}
        go = cls(store, SETTINGS | kept, clock=clock or Clock())
        go.change_settings({name: value for name, value in settings.items() if value is not None})
        if store.row("select 1 from client") is None:
            organisation = hub_defaults.ORGANISATION_NUMBER
            go.add_client(
                defaults.CLIENT,
                defaults.CLIENT_KEY,
                go.new_config("Fjell Arkitekter AS", defaults.CLIENT_ID, organisationNumber=organisation),
            )
            go.add_client(
                defaults.OTHER_CLIENT,
                defaults.OTHER_CLIENT_KEY,
                go.new_config("Havbris Konsulent AS", defaults.OTHER_CLIENT_ID),
            )
        return go

    def new_config(self, name: str, client_id: str, **given: Any) -> dict[str, Any]:
        """Return the configuration of a new client, whose books begin three years ago."""
        return defaults.client_config(name, client_id, self.now().year - YEARS_BACK, **given)

    def now(self) -> datetime:
        """Return the sandbox's time of day, which may be offset from the machine's."""
        return self.clock.now() + timedelta(seconds=self.settings["clockOffsetSeconds"])

    def time(self) -> float:
        """Return the same in seconds since 1970."""
        return self.now().timestamp()

    def change_settings(self, settings: Mapping[str, int]) -> None:
        """Change and store settings. Raises ValueError for an unknown name."""
        self.store.keep_settings(settings, SETTINGS)
        self.settings |= settings

    def next_number(self, client: str, name: str, first: int) -> int:
        """Return the next number of a client's counter."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "insert into counter values (?, ?, ?) on conflict do update set next = next + 1 returning next",
                (client, name, first + 1),
            ).fetchone()
        return int(row["next"]) - 1

    def next_id(self, client: str, kind: str) -> int:
        """Return an id that the client has not used yet."""
        return self.next_number(client, f"id {kind}", FIRST_IDS[kind])

    # Clients

    def add_client(self, number: str, key: str, config: Mapping[str, Any]) -> None:
        """Add a company with the default chart, VAT codes and values of its first dimension."""
        with self.store.transaction() as connection:
            connection.execute("insert into client values (?, ?, ?)", (number, key, json.dumps(config)))
            for row in defaults.vat_rows():
                self.put_vat_row(number, row)
            for account in hub_defaults.ACCOUNTS:
                code, locked = defaults.account_vat(account)
                record = {
                    "Name": account.name,
                    "GeneralLedgerAccountType": defaults.account_type(account.number),
                    "IsActive": True,
                    "VatCode": code,
                    "IsVatCodeLocked": locked,
                    "IsDepartmentRequired": False,
                    "IsProjectRequired": False,
                }
                self.put_account(number, int(account.number), record)
            for code, name in (("1", "Fakturerbar"), ("2", "Ikke fakturerbar")):
                record = {"Code": code, "Name": name, "Ordinal": 1, "IsActive": True, "ExternalImportReference": None}
                self.put_object(number, "dimension1", None, code, record)

    def put_vat_row(self, client: str, row: defaults.VatRow) -> None:
        """Add a row of a VAT code."""
        record = {"Name": row.name, "Rate": row.rate, "ValidFrom": row.first, "ValidTo": row.last, "IsActive": True}
        with self.store.transaction() as connection:
            connection.execute(
                "insert into vat_code values (?, ?, ?, ?, ?)",
                (client, self.next_id(client, "vat"), row.code, json.dumps(record), row.account),
            )

    def put_account(self, client: str, number: int, record: Mapping[str, Any]) -> None:
        """Create or replace an account."""
        with self.store.transaction() as connection:
            connection.execute(
                "insert into account values (?, ?, ?, ?, ?) on conflict (client, number) do update "
                "set record = excluded.record, changed_at = excluded.changed_at",
                (client, self.next_id(client, "account"), number, json.dumps(record), self.time()),
            )

    def put_object(self, client: str, kind: str, number: int | None, code: str, record: Mapping[str, Any]) -> int:
        """Create a project, department or dimension value, or change the one with this id; returns the id."""
        now = self.time()
        with self.store.transaction() as connection:
            if number is None:
                number = self.next_id(client, "object")
                connection.execute(
                    "insert into object values (?, ?, ?, ?, ?, ?, ?)",
                    (client, kind, number, code, json.dumps(record), now, now),
                )
            else:
                connection.execute(
                    "update object set code = ?, record = ?, changed_at = ? where client = ? and kind = ? and id = ?",
                    (code, json.dumps(record), now, client, kind, number),
                )
        return number

    def client(self, number: str) -> Client:
        """Return a client by the name that admin requests use. Raises 404."""
        row = self.store.row("select * from client where id = ?", number)
        if row is None:
            raise not_found(f"Client {number[:60]} not found.")
        return Client(row["id"], row["client_key"], json.loads(row["config"]))

    def change_client(self, client: Client, config: Mapping[str, Any]) -> None:
        """Store a changed configuration."""
        with self.store.transaction() as connection:
            connection.execute("update client set config = ? where id = ?", (json.dumps(config), client.id))

    # The gateway

    def count_request(self, key: str | None) -> None:
        """Count a request of a subscription key. Raises the gateway's 401 and 429."""
        if key is None:
            raise self._unknown_key(
                "missing subscription key. Make sure to include subscription key when making requests"
            )
        if key != defaults.SUBSCRIPTION_KEY:
            raise self._unknown_key(
                "invalid subscription key. Make sure to provide a valid key for an active subscription"
            )
        now = self.clock.monotonic()
        while self._window and now - self._window[0] >= 1:
            self._window.popleft()
        if len(self._window) >= self.settings["requestsPerSecond"]:
            raise throttled(1)
        self._window.append(now)

    def _unknown_key(self, why: str) -> Refusal:
        message = f"Access denied due to {why}{' to an API' if 'missing' in why else ''}."
        return Refusal(401, gateway={"statusCode": 401, "message": message})

    # Tokens

    def new_token(self, application_key: str, client_key: str) -> str:
        """Create a token, valid for `tokenSeconds`. Raises 400."""
        row = self.store.row("select id from client where client_key = ?", client_key)
        if application_key != defaults.APPLICATION_KEY or row is None:
            description = (
                "Client integration not found. Please ensure the provided keys are matching the desired environment."
            )
            raise Refusal(400, gateway={"error": "invalid_client", "error_description": description})
        token = secrets.token_urlsafe(24)
        now = self.clock.time()
        with self.store.transaction() as connection:
            connection.execute(
                "insert into token values (?, ?, ?, 0)", (token, row["id"], now + self.settings["tokenSeconds"])
            )
            connection.execute("delete from token where expires_at < ?", (now - 24 * 3600,))
        return token

    def client_of(self, authorization: str | None) -> Client:
        """Return the client whose token an Authorization header has. Raises 401, without a body."""
        scheme, _, token = (authorization or "").partition(" ")
        row = self.store.row("select * from token where token = ?", token.strip())
        if scheme.lower() != "bearer" or row is None or row["withdrawn"] or row["expires_at"] <= self.clock.time():
            raise Refusal(401, bare=True, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return self.client(row["client"])


def moment(seconds: float) -> str:
    """Format seconds since 1970 as the API does: with microseconds, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def day_of(text: str) -> date:
    """Read a stored day."""
    return date.fromisoformat(text)
