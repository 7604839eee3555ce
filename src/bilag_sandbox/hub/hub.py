"""The hub itself: store, settings, clock, clients and users."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bilag_sandbox.common import Clock, FaultBoard, Store
from bilag_sandbox.hub import defaults
from bilag_sandbox.hub.books import Books, Client, load_client
from bilag_sandbox.hub.refusals import Detail, Refusal, not_found
from bilag_sandbox.hub.schema import SCHEMA, VERSION

WINDOW_SECONDS = 60
SETTINGS = {"tokenSeconds": 1200, "requestsPerMinute": 600, "clockOffsetSeconds": 0}
YEARS_BACK, YEARS_AHEAD = 2, 1


@dataclass(slots=True)
class RateWindow:
    """The current minute of one token."""

    began: float
    used: int = 0


@dataclass(slots=True)
class Hub:
    """A hub with its data, shared by all requests of a process. Create it with `Hub.open`."""

    store: Store
    settings: dict[str, int]
    faults: FaultBoard = field(default_factory=FaultBoard)
    clock: Clock = field(default_factory=Clock)
    _windows: dict[str, RateWindow] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path | None = None, clock: Clock | None = None, **settings: int | None) -> "Hub":
        """Open the hub's data; a new one gets the default companies. `settings` replace stored ones."""
        store = Store.open(folder, "hub.sqlite3", SCHEMA, version=VERSION)
        kept = {row["name"]: int(row["value"]) for row in store.rows("select * from setting")}
        hub = cls(store, SETTINGS | kept, clock=clock or Clock())
        hub.change_settings({name: value for name, value in settings.items() if value is not None})
        if store.row("select 1 from client") is None:
            hub._fill()
        for row in store.rows("select id from client"):
            hub.add_periods(row["id"])
        return hub

    def _fill(self) -> None:
        with self.store.transaction() as connection:
            connection.execute(
                "insert into hub_user values (?, ?, ?, null, 1)",
                (defaults.USERNAME, defaults.PASSWORD, defaults.API_KEY),
            )
            for number, system, organisation in (
                (defaults.VISMA_CLIENT, "VismaBusiness", defaults.ORGANISATION_NUMBER),
                (defaults.POWEROFFICE_CLIENT, "PowerOfficeGo", None),
            ):
                config = defaults.client_config(system, organisationNumber=organisation)
                self.add_client(number, defaults.PARENT, config)

    def now(self) -> datetime:
        """Return the hub's clock, which may be offset from the machine's."""
        return self.clock.now() + timedelta(seconds=self.settings["clockOffsetSeconds"])

    def change_settings(self, settings: dict[str, int]) -> None:
        """Change and store settings. Raises ValueError for an unknown name."""
        self.store.keep_settings(settings, SETTINGS)
        self.settings |= settings

    def books(self, client: Client) -> Books:
        """Return a client's books for one request."""
        return Books(self.store, client, self.now())

    def add_client(self, number: str, parent: str, config: dict[str, Any]) -> None:
        """Add a company with the default chart, VAT codes, periods and billability values."""
        with self.store.transaction() as connection:
            connection.execute("insert into client values (?, ?, ?)", (number, parent, json.dumps(config)))
            for account in defaults.ACCOUNTS:
                self.put_account(number, account)
            for code in defaults.VAT_CODES:
                self.put_vat_code(number, code)
            if config["accountingSystem"] != "PowerOfficeGo":
                now = self.now().isoformat(timespec="seconds")
                for value, name in (("1", "Fakturerbar"), ("2", "Ikke fakturerbar")):
                    record = {"name": name, "customerNumber": None, "status": "active", "departmentNumber": None}
                    connection.execute(
                        "insert into unit_value values (?, 3, ?, ?, 1, ?)", (number, value, json.dumps(record), now)
                    )
        self.add_periods(number)

    def put_account(self, client: str, account: defaults.AccountRow) -> None:
        """Create or replace an account."""
        allowed = None if account.allowed is None else json.dumps(account.allowed)
        with self.store.transaction() as connection:
            connection.execute(
                "insert or replace into account values (?, ?, ?, ?, 1, ?, ?, ?, '[]')",
                (
                    client,
                    account.number,
                    account.name,
                    account.type,
                    account.postable,
                    account.default_vat_code,
                    allowed,
                ),
            )

    def put_vat_code(self, client: str, code: defaults.VatRow) -> None:
        """Create or replace a VAT code."""
        with self.store.transaction() as connection:
            connection.execute(
                "insert or replace into vat_code values (?, ?, ?, ?, ?, ?, ?, ?)",
                (client, code.code, code.name, code.standard, code.rate, code.direction, code.active, code.account),
            )

    def add_periods(self, client: str, first_year: int | None = None) -> None:
        """Add missing monthly open periods, from two years back to one year ahead."""
        today = self.now().date()
        with self.store.transaction() as connection:
            for year in range(first_year or today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1):
                for month in range(1, 13):
                    after = date(year + month // 12, month % 12 + 1, 1)
                    last = after - timedelta(days=1)
                    connection.execute(
                        "insert or ignore into period values (?, ?, ?, ?, ?, 'open')",
                        (client, year, month, str(last.replace(day=1)), str(last)),
                    )

    # Tokens and access

    def new_token(self, username: str) -> str:
        """Create a token for a user, valid for `tokenSeconds`."""
        token = secrets.token_urlsafe(24)
        with self.store.transaction() as connection:
            connection.execute(
                "insert into token values (?, ?, ?, 0)",
                (token, username, self.clock.time() + self.settings["tokenSeconds"]),
            )
            connection.execute("delete from token where expires_at < ?", (self.clock.time() - 24 * 3600,))
        return token

    def user_of(self, authorization: str | None) -> tuple[str, str]:
        """Return token and user name of an Authorization header. Raises 401."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(401, "token_missing", "No bearer token was sent.")
        row = self.store.row(
            "select t.*, u.active from token t join hub_user u using (username) where token = ?", token.strip()
        )
        if row is None or row["withdrawn"] or not row["active"]:
            raise Refusal(401, "token_invalid", "The access token is not known.")
        if row["expires_at"] <= self.clock.time():
            raise Refusal(401, "token_expired", "The access token has expired.")
        return row["token"], row["username"]

    def count_request(self, token: str) -> dict[str, str]:
        """Count a request of a token; returns the rate limit headers. Raises 429."""
        now = self.clock.monotonic()
        window = self._windows.get(token)
        if window is None or now - window.began >= WINDOW_SECONDS:
            self._windows = {t: w for t, w in self._windows.items() if now - w.began < WINDOW_SECONDS}
            window = self._windows[token] = RateWindow(now)
        limit = self.settings["requestsPerMinute"]
        reset = max(1, int(window.began + WINDOW_SECONDS - now + 0.999))
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - window.used - 1)),
            "X-RateLimit-Reset": str(reset),
        }
        if window.used >= limit:
            message = f"Try again in {reset} seconds."
            raise Refusal(429, "rate_limited", message, headers={"Retry-After": str(reset), **headers})
        window.used += 1
        return headers

    def client_for(self, username: str, parent: str, number: str) -> Client:
        """Return the client a user asks for. Raises 422 for malformed ids, 404 and 403."""
        faults = []
        if not (parent.startswith("S") and parent[1:].isascii() and parent[1:].isdigit() and len(parent) <= 12):
            message = f"Got {parent[:20]}; S and digits expected."
            faults.append(
                ("parentClientId", "parent_client_id_invalid", "The parent client id begins with S.", message)
            )
        if not (number.isascii() and number.isdigit() and len(number) <= 8):
            message = f"Got {number[:20]}; digits expected."
            faults.append(
                ("sourceClientId", "source_client_id_invalid", "Give the source client id without the F.", message)
            )
        if faults:
            code, words = (faults[0][1], faults[0][2]) if len(faults) == 1 else ("validation_failed", "2 faults.")
            raise Refusal(422, code, words, tuple(Detail(place, why, text) for place, why, _, text in faults))
        client = load_client(self.store, number.lstrip("0") or "0")
        if client is None:
            raise not_found("client_unknown", f"Client {number} does not exist.")
        if client.parent != parent:
            message = f"Client {client.id} does not belong to parent {parent}."
            raise Refusal(403, "client_not_under_parent", message)
        user = self.store.row("select clients from hub_user where username = ?", username)
        if user is None or (user["clients"] is not None and client.id not in json.loads(user["clients"])):
            raise Refusal(403, "client_access_denied", f"User {username} may not reach client {client.id}.")
        return client
