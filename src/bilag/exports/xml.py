"""Write XML a piece at a time; texts are cut to the schema's lengths, without characters that XML forbids."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape

from bilag.posting.texts import cut

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CODE, SHORT, MIDDLE1, MIDDLE2, LONG = 9, 18, 35, 70, 256
"""The lengths of the schema's texts."""
_CENT = Decimal("0.01")


def text(name: str, value: object, longest: int = LONG) -> str:
    """Return an element with text."""
    shown = value.isoformat() if isinstance(value, date) else str(value)
    line = " ".join(_FORBIDDEN.sub("", shown).split())
    return f"<{name}>{escape(cut(line, longest))}</{name}>"


def maybe(name: str, value: object | None, longest: int = LONG) -> str:
    """Return an element with text; nothing when there is no value."""
    return "" if value is None or value == "" else text(name, value, longest)


def money(name: str, amount: Decimal) -> str:
    """Return an amount with two decimals."""
    return f"<{name}>{amount.quantize(_CENT, ROUND_HALF_UP):.2f}</{name}>"


def inside(name: str, parts: Iterable[str]) -> str:
    """Return an element with elements in it; nothing when there are none."""
    content = "".join(parts)
    return f"<{name}>{content}</{name}>" if content else ""


def sided(debit: str, credit: str, amount: Decimal, more: str = "") -> str:
    """Return an amount: its element's name is the side, debit or credit, and its `Amount` is positive."""
    name = debit if amount >= 0 else credit
    return f"<{name}>{money('Amount', abs(amount))}{more}</{name}>"
