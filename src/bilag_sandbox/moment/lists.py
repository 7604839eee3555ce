"""Lists: filters, order, pages, chosen fields. On request, rows outside the range and rows that move (see contract)."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bilag_sandbox.moment import exact
from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.entities import EXPORT_STATUSES, INVOICE_STATES, Entity
from bilag_sandbox.moment.records import stamp
from bilag_sandbox.moment.refusals import Refusal, wrong
from bilag_sandbox.sample import norwegian

DEFAULT_SIZE, MOST_IDS, LARGEST = 50, 1000, 2**53
LIST_PARAMETERS = (
    "page", "size", "sort", "noLimit", "createdDateFrom", "createdDateTo", "lastModifiedDateFrom",
    "lastModifiedDateTo", "ids", "query",
)  # fmt: skip
DATES = (
    ("createdDateFrom", "created >= ?", -1),
    ("createdDateTo", "created < ?", 1),
    ("lastModifiedDateFrom", "modified >= ?", -1),
    ("lastModifiedDateTo", "modified < ?", 1),
)
STRAY_DAYS = timedelta(days=3)
UNSORTABLE = ("lines", "attachments", "priceModels", "links")


@dataclass(slots=True)
class Selection:
    """A requested list: an SQL condition with its values, an order and a page."""

    entity: Entity
    conditions: list[str] = field(default_factory=lambda: ["entity = ?"])
    values: list[Any] = field(default_factory=list)
    order: str = "id"
    page: int = 1
    size: int = DEFAULT_SIZE
    unlimited: bool = False

    def where(self, condition: str, *values: Any) -> None:
        """Add a condition."""
        self.conditions.append(condition)
        self.values += values


def selection_from(company: Company, entity: Entity, given: Mapping[str, str], *, own_filters: bool) -> Selection:
    """Parse query parameters. Raises 400 for unknown or invalid ones."""
    allowed = LIST_PARAMETERS + (entity.filters if own_filters else ())
    for name in given:
        if name not in allowed:
            raise wrong(name[:60], "unknown parameter")
    chosen = Selection(entity, values=[entity.name])
    _window(chosen, given)
    _dates(chosen, given, company)
    if "ids" in given:
        numbers = [_whole("ids", part) for part in given["ids"].split(",") if part.strip()]
        if len(numbers) > MOST_IDS:
            raise wrong("ids", f"at most {MOST_IDS} are taken")
        chosen.where(f"id in ({', '.join('?' * len(numbers))})", *numbers)
    for word in given.get("query", "").lower().split():
        chosen.where("instr(search, ?) > 0", word)
    _own_filters(chosen, given)
    if given.get("sort"):
        chosen.order = _order(entity, given["sort"])
    return chosen


def _window(chosen: Selection, given: Mapping[str, str]) -> None:
    if "page" in given:
        chosen.page = _whole("page", given["page"], least=1)
    if "size" in given:
        chosen.size = _whole("size", given["size"], least=1)
    if "noLimit" in given:
        if given["noLimit"] not in ("true", "false"):
            raise wrong("noLimit", "true or false is expected")
        chosen.unlimited = given["noLimit"] == "true"


def _whole(name: str, text: str, least: int = 0) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:20]) <= LARGEST:
        raise wrong(name, "a whole number is expected" if least == 0 else f"a whole number from {least} is expected")
    return int(text)


def _dates(chosen: Selection, given: Mapping[str, str], company: Company) -> None:
    for name, condition, outwards in DATES:
        if name not in given:
            continue
        bound = _bound(name, given[name], end=outwards > 0)
        if company.settings["rowsOutsideDates"]:
            # Three days wider, plus one row in five whatever its date, the same rows for the same seed.
            stray = f"({condition} or (id * 7919 + ?) % 5 = 0)"
            chosen.where(stray, stamp(bound + outwards * STRAY_DAYS), company.settings["moodSeed"])
        else:
            chosen.where(condition, stamp(bound))


def _bound(name: str, text: str, *, end: bool) -> datetime:
    """Parse a bound: a day in Norwegian time, included in the range, or a time to the millisecond."""
    try:
        if len(text) == 10:
            return _midnight(date.fromisoformat(text) + timedelta(days=1 if end else 0))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise wrong(name, "a date such as 2026-05-28, or a time with its offset, is expected") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=norwegian(moment.replace(tzinfo=UTC)).tzinfo)
    return moment + timedelta(milliseconds=1) if end else moment


def _midnight(day: date) -> datetime:
    """Return midnight in Norway. The clock changes at 01:00 UTC, so the offset an hour before midnight UTC is right."""
    about = datetime.combine(day, time(), UTC) - timedelta(hours=1)
    return datetime.combine(day, time(), norwegian(about).tzinfo)


def _own_filters(chosen: Selection, given: Mapping[str, str]) -> None:
    for name, column, known in (
        ("exportStatus", "export_status", EXPORT_STATUSES),
        ("invoiceState", "state", INVOICE_STATES),
    ):
        if name in given:
            if given[name] not in known:
                raise wrong(name, f"one of {', '.join(known)} is expected")
            chosen.where(f"{column} = ?", given[name])
    if "invoiceNumber" in given:
        chosen.where("number = ?", str(_whole("invoiceNumber", given["invoiceNumber"])))
    if "projectId" in given:
        chosen.where("project_id = ?", _whole("projectId", given["projectId"]))
    if "externalKey" in given:
        chosen.where("external_key = ?", given["externalKey"])


def _order(entity: Entity, text: str) -> str:
    """Convert `field`, `-field` or `field,desc` to SQL."""
    name, _, direction = text.partition(",")
    if name.startswith("-"):
        name, direction = name[1:], "desc"
    sortable = name in entity.fields and name not in UNSORTABLE and name not in (entity.inner or ())
    if not sortable or direction not in ("", "asc", "desc"):
        raise wrong("sort", "a field of the object is expected, with - before it or ,desc behind it")
    columns = {"id": "id", "lastModifiedDate": "modified", "createdDate": "created"}
    column = columns.get(name, f"json_extract(body, '$.{name}')")
    return f"{column} {direction or 'asc'}, id"


def answer_list(company: Company, chosen: Selection, fields: tuple[str, ...] | None = None) -> str:
    """Return the page as JSON text; with `fields` only those of each object."""
    condition = " and ".join(chosen.conditions)
    counted = company.store.row(f"select count(*) as n from object where {condition}", *chosen.values)  # noqa: S608
    total = int(counted["n"]) if counted is not None else 0
    page, size, offset = chosen.page, chosen.size, (chosen.page - 1) * chosen.size
    if chosen.unlimited:
        page, size, offset = 1, max(total, 1), 0
    elif page > 1 and company.settings["movingRows"]:
        offset += _moved(company.mood)
    rows = company.store.rows(
        f"select body from object where {condition} order by {chosen.order} limit ? offset ?",  # noqa: S608 - fixed
        *chosen.values,
        size,
        offset,
    )
    bodies: Iterable[str] = (row["body"] for row in rows)
    if fields is not None:
        bodies = _picked(bodies, fields)
    info = {"number": page, "size": size, "totalElements": total, "totalPages": -(-total // size)}
    return '{"content":[' + ",".join(bodies) + f'],"page":{exact.dumps(info)}}}'


def _moved(mood: random.Random) -> int:
    """Return how far rows moved since the previous page: one was added, one removed, or neither."""
    return mood.choice((-1, 0, 1))


def fields_from(entity: Entity, text: str) -> tuple[str, ...]:
    """Parse the fields of an include path, `id` first. Raises 400 for an unknown one."""
    names = [name for name in text.replace(",", "+").split("+") if name]
    if not names:
        raise Refusal(400, "Unknown field")
    for name in names:
        outer, dot, inner = name.partition(".")
        if outer not in entity.fields or (dot and inner not in (entity.inner or {}).get(outer, ())):
            raise Refusal(400, "Unknown field", ({"field": name[:60], "message": "Unknown field"},))
    return tuple(dict.fromkeys(["id", *names]))


def _picked(bodies: Iterable[str], fields: tuple[str, ...]) -> Iterator[str]:
    for text in bodies:
        body = exact.loads(text)
        picked = {}
        for name in fields:
            outer, dot, inner = name.partition(".")
            if dot:
                picked[outer + inner[0].upper() + inner[1:]] = (body.get(outer) or {}).get(inner)
            else:
                picked[name] = body.get(name)
        yield exact.dumps(picked)
