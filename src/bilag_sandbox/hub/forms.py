"""Read a JSON body field by field, and report every fault with its place instead of stopping at the first."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from bilag_sandbox.common import bodies
from bilag_sandbox.common.bodies import parse_date
from bilag_sandbox.hub.amounts import AMOUNT, ore
from bilag_sandbox.hub.refusals import Detail, Details, malformed

ACCOUNT_NUMBER = re.compile(r"[0-9]{3,8}")
CUSTOMER_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,20}")
VAT_CODE = re.compile(r"[0-9A-Za-z]{1,10}")
UNIT_VALUE = re.compile(r"[^/\s](?:[^/]{0,38}[^/\s])?")
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST_INTEGER = 2147483647


def parse_json(body: bytes) -> Any:
    """Parse JSON, numbers with a point as Decimal. Raises 400 if the body is not JSON in UTF-8."""
    try:
        return bodies.parse_json(body)
    except ValueError as error:
        raise malformed("The body is not valid JSON.") from error


class Form:
    """One JSON object being checked. A missing or wrong field reads as None and is reported to `details`."""

    def __init__(self, value: Any, place: str, details: Details, allowed: Iterable[str]) -> None:
        self.place = place
        self.details = details
        self.is_object = isinstance(value, dict)
        self.raw: dict[str, Any] = value if isinstance(value, dict) else {}
        if not self.is_object:
            details.add(place, "field_invalid", "An object is expected.")
        known = frozenset(allowed)
        for name in self.raw:
            if name not in known:
                details.add(self.at(name), "field_not_allowed", f"Unknown field {name[:60]}.")

    def at(self, name: str) -> str:
        """Return the place of a field, such as `vouchers[0].lines[1].vatCode`."""
        return f"{self.place}.{name}" if self.place else name

    def fault(self, name: str, code: str, message: str) -> None:
        """Report a fault of one field."""
        self.details.add(self.at(name), code, message)

    def has(self, name: str) -> bool:
        """Return whether the field was sent, even as null."""
        return name in self.raw

    def _given(self, name: str, required: bool, nullable: bool) -> Any:
        if name not in self.raw:
            if required and self.is_object:
                self.fault(name, "field_required", f"{name} is missing.")
            return None
        if self.raw[name] is None and not nullable:
            self.fault(name, "field_invalid", f"{name} cannot be null.")
        return self.raw[name]

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        nullable: bool = False,
        longest: int | None = None,
        shortest: int = 0,
        form: re.Pattern[str] | None = None,
        code: str = "field_invalid",
    ) -> str | None:
        """Read a text; `code` is reported if it does not match `form`."""
        value = self._given(name, required, nullable)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(name, "field_invalid", f"{name} must be a text.")
        elif longest is not None and len(value) > longest:
            self.fault(name, "field_too_long", f"{name} has {len(value)} characters; {longest} are allowed.")
        elif len(value) < shortest:
            self.fault(name, "field_invalid", f"{name} is empty.")
        elif form is not None and not form.fullmatch(value):
            self.fault(name, code, f"{name} has a wrong form: {value[:60]}.")
        else:
            return value
        return None

    def date(self, name: str, *, required: bool = False, nullable: bool = False) -> date | None:
        """Read a date, YYYY-MM-DD."""
        value = self._given(name, required, nullable)
        if value is None:
            return None
        found = parse_date(value) if isinstance(value, str) else None
        if found is None:
            self.fault(name, "field_invalid", f"{name} must be a date, YYYY-MM-DD.")
        return found

    def amount(self, name: str, *, required: bool = False) -> int | None:
        """Read a non-negative decimal string, as øre."""
        value = self._given(name, required, False)
        if value is None:
            return None
        if isinstance(value, str) and AMOUNT.fullmatch(value):
            return ore(value)
        self.fault(name, "field_invalid", f"{name} must be a decimal string with two decimals, not negative.")
        return None

    def boolean(self, name: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self._given(name, False, False)
        if value is not None and not isinstance(value, bool):
            self.fault(name, "field_invalid", f"{name} must be true or false.")
        return value if isinstance(value, bool) else default

    def choice(self, name: str, choices: Iterable[str], *, required: bool = False) -> str | None:
        """Read one of the given words."""
        value = self._given(name, required, False)
        words = tuple(choices)
        if value is None or value in words:
            return value  # type: ignore[no-any-return]
        self.fault(name, "field_invalid", f"{name} must be one of {', '.join(words)}.")
        return None

    def voucher_number(self, name: str, *, required: bool = False, nullable: bool = False) -> int | None:
        """Read a voucher number. The profile's range is checked elsewhere."""
        value = self._given(name, required, nullable)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, "field_invalid", f"{name} must be a whole number.")
        elif not 1 <= value <= LARGEST_INTEGER:
            self.fault(name, "voucher_number_invalid", f"{name} must be from 1 to {LARGEST_INTEGER}.")
        else:
            return value
        return None

    def items(self, name: str, limit: int) -> list[Any]:
        """Read a non-empty list."""
        value = self._given(name, True, False)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(name, "field_invalid", f"{name} must be a list.")
            return []
        if not 1 <= len(value) <= limit:
            self.fault(name, "field_invalid", f"{name} must have from 1 to {limit} items; got {len(value)}.")
            return []
        return value

    def org_units(self, name: str) -> dict[str, str]:
        """Read organisational units: number as text -> value; malformed ones are left out."""
        value = self.raw.get(name)
        if name not in self.raw:
            return {}
        if not isinstance(value, dict):
            self.fault(name, "field_invalid", f"{name} must be an object.")
            return {}
        units = {}
        for unit, text in value.items():
            place = f"{name}.{unit[:20]}"
            if unit not in UNITS:
                self.fault(place, "field_not_allowed", "Units are 1 to 12.")
            elif not isinstance(text, str) or not 1 <= len(text) <= 40:
                self.fault(place, "field_invalid", f"The value of unit {unit} must be a text of 1 to 40 characters.")
            else:
                units[unit] = text
        return units


UNITS = frozenset(str(unit) for unit in range(1, 13))


def query_date(value: str | None, name: str) -> str | None:
    """Check a date in the query and return it as text. Raises 400."""
    if value is not None and parse_date(value) is None:
        raise malformed(f"{name} must be a date, YYYY-MM-DD.", Detail(name, "field_invalid", "YYYY-MM-DD expected."))
    return value


def query_integer(value: str | None, name: str, lowest: int, highest: int) -> int | None:
    """Parse a whole number in the query or the path. Raises 400."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", value) or not lowest <= int(value) <= highest:
        message = f"{name} must be a whole number from {lowest} to {highest}."
        raise malformed(message, Detail(name, "field_invalid", message))
    return int(value)
