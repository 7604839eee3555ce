"""Objects in the database: JSON bodies whose version and date change with every update."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bilag_sandbox.common import Clock, Store
from bilag_sandbox.moment import exact
from bilag_sandbox.moment.entities import ENTITIES, Entity
from bilag_sandbox.moment.refusals import not_found
from bilag_sandbox.moment.settings import Settings
from bilag_sandbox.sample import norwegian

Body = dict[str, Any]
TICK = timedelta(milliseconds=1)
LARGEST_ID = 2**63 - 1


def stamp(moment: datetime) -> str:
    """Format a time for comparison in SQL: UTC to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def shown(moment: datetime) -> str:
    """Format a time as Moment does: Norwegian time with its offset."""
    return norwegian(moment).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Record:
    """One object. `hidden` is what the sandbox stores but Moment does not show."""

    entity: Entity
    id: int
    version: int
    body: Body
    hidden: Body
    modified: datetime

    @classmethod
    def of(cls, row: sqlite3.Row) -> "Record":
        """Convert a row."""
        return cls(
            ENTITIES[row["entity"]],
            row["id"],
            row["version"],
            exact.loads(row["body"]),
            exact.loads(row["hidden"]),
            datetime.fromisoformat(row["modified"]),
        )


class Records:
    """All objects of the company. Wrap several changes in one `transaction`."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock

    def now(self) -> datetime:
        """Return the sandbox's clock, which may be offset from the machine's, in whole milliseconds."""
        now = self.clock.now() + timedelta(seconds=self.settings["clockOffsetSeconds"])
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def find(self, entity: str, number: int) -> Record | None:
        """Return the object with this id, None if there is none."""
        if not 0 < number <= LARGEST_ID:
            return None
        row = self.store.row("select * from object where entity = ? and id = ?", entity, number)
        return None if row is None else Record.of(row)

    def get(self, entity: str, number: int) -> Record:
        """Return the object with this id. Raises 404."""
        found = self.find(entity, number)
        if found is None:
            raise not_found()
        return found

    def by_number(self, entity: str, number: str) -> Record | None:
        """Return the object with this number, the oldest of several, None if there is none."""
        query = "select * from object where entity = ? and number = ? order by id"
        row = self.store.row(query, entity, number)
        return None if row is None else Record.of(row)

    def next_of(self, name: str, first: int) -> int:
        """Take the next number of a sequence; it is used up if the transaction commits."""
        with self.store.transaction() as connection:
            connection.execute("insert or ignore into sequence values (?, ?)", (name, first))
            row = connection.execute("select next from sequence where name = ?", (name,)).fetchone()
            connection.execute("update sequence set next = next + 1 where name = ?", (name,))
            return int(row["next"])

    def reserve(self, name: str, used: int) -> None:
        """Continue a sequence after `used`, unless it is already beyond."""
        with self.store.transaction() as connection:
            connection.execute("insert or ignore into sequence values (?, ?)", (name, used + 1))
            connection.execute("update sequence set next = max(next, ?) where name = ?", (used + 1, name))

    def add(self, entity_name: str, body: Mapping[str, Any], hidden: Mapping[str, Any] | None = None) -> Record:
        """Add an object. It gets an id, version 1 and the current time, unless `body` has them."""
        entity = ENTITIES[entity_name]
        now = shown(self.now())
        given = dict(body)
        if given.get("id") is None:
            given["id"] = self.next_of(entity_name, entity.first_id)
        else:
            self.reserve(entity_name, given["id"])
        for name, value in (("version", 1), ("createdDate", now), ("lastModifiedDate", now)):
            if given.get(name) is None and (name in entity.fields or name in given):
                given[name] = value
        ordered = {name: given[name] for name in entity.fields if name in given} | given
        modified = datetime.fromisoformat(given.get("lastModifiedDate") or now)
        created = datetime.fromisoformat(given.get("createdDate") or given.get("lastModifiedDate") or now)
        record = Record(entity, given["id"], given.get("version", 1), ordered, dict(hidden or {}), modified)
        self._write(record, created)
        return record

    def change(
        self, record: Record, changes: Mapping[str, Any], hidden: Mapping[str, Any] | None = None, *, touch: bool = True
    ) -> Record:
        """Merge `changes` into an object: version + 1 and a new date, or neither without `touch`."""
        body = record.body | dict(changes)
        modified, version = record.modified, record.version
        if touch:
            modified = max(self.now(), record.modified + TICK)
            version += 1
            if "version" in record.entity.fields:
                body["version"] = version
            if "lastModifiedDate" in record.entity.fields:
                body["lastModifiedDate"] = shown(modified)
        kept = record.hidden if hidden is None else record.hidden | dict(hidden)
        changed = Record(record.entity, record.id, version, body, kept, modified)
        self._write(changed, None)
        return changed

    def remove(self, record: Record) -> None:
        """Remove an object with its attachments. Its id is not used again."""
        with self.store.transaction() as connection:
            for table, key in (("attachment", "owner_id"), ("object", "id")):
                connection.execute(
                    f"delete from {table} where entity = ? and {key} = ?",  # noqa: S608 - one of two fixed texts
                    (record.entity.name, record.id),
                )

    def _write(self, record: Record, created: datetime | None) -> None:
        entity, body = record.entity, record.body
        number = body.get(entity.number) if entity.number else None
        project = body.get("projectId")
        columns = {
            "version": record.version,
            "number": None if number is None else str(number),
            "state": body.get(entity.state) if entity.state else None,
            "export_status": body.get("exportStatus"),
            "project_id": project if isinstance(project, int) else None,
            "external_key": body.get("externalKey"),
            "modified": stamp(record.modified),
            "search": _search_text(entity, body),
            "body": exact.dumps(body),
            "hidden": exact.dumps(record.hidden),
        }
        with self.store.transaction() as connection:
            if created is None:
                names = ", ".join(f"{name} = ?" for name in columns)
                query = f"update object set {names} where entity = ? and id = ?"  # noqa: S608 - fixed names
                connection.execute(query, (*columns.values(), entity.name, record.id))
                return
            columns |= {"entity": entity.name, "id": record.id, "created": stamp(created)}
            marks = ", ".join("?" * len(columns))
            query = f"insert into object ({', '.join(columns)}) values ({marks})"  # noqa: S608 - fixed names
            connection.execute(query, tuple(columns.values()))


def _search_text(entity: Entity, body: Body) -> str:
    words = [str(body[name]) for name in entity.search if body.get(name) is not None]
    words += [
        str(inner.get("name") or "")
        for inner in (body.get(name) for name in entity.inner or ())
        if isinstance(inner, dict)
    ]
    return " ".join(words).lower()
