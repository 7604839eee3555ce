"""A field that is left out means nothing, but for a few that mean what the contract or the setup says."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import bilag.posting
from bilag.posting.accrual import Allocation
from bilag.posting.chart import NumberRule
from bilag.posting.posted import UNREAD, Unread
from bilag.posting.voucher import Entry, Side, VoucherKind

MODULES = [importlib.import_module(f"bilag.posting.{one.name}") for one in pkgutil.iter_modules(bilag.posting.__path__)]
CLASSES = {
    one.__name__: one
    for module in MODULES
    for one in vars(module).values()
    if isinstance(one, type) and is_dataclass(one) and one.__module__ == module.__name__
}
MEANT: dict[str, dict[str, Any]] = {
    "Account": {"active": True, "postable": True},
    "AccrualRules": {"by": Allocation.MONTHS},
    "Chart": {"voucher_number_rule": NumberRule(integer=True, minimum=1, maximum=2147483647)},
    "ExpenseRules": {"account_above": 4000},
    "PaymentIdRule": {"method": "any", "min_length": 2, "max_length": 25},
    "PostedLine": {"exchange_rate": Decimal(1)},
    "Rules": {"language": "nb"},
    "TextForms": {"voucher": "{description}", "entry": "{text}"},
    "TextLimits": {
        "voucher_text": 100,
        "entry_text": 100,
        "your_reference": 60,
        "name": 100,
        "address_line": 100,
        "city": 60,
    },
    "UnitDefinition": {"used": True, "dots_allowed": True, "zero_is_none": True},
    "VatCode": {"active": True},
    "Voucher": {"exchange_rate": Decimal(1)},
}
ENTRIES = tuple(Entry("3000", side, Decimal(1)) for side in Side)
NEEDED: dict[str, dict[str, Any]] = {
    "Entry": {"account": "3000", "side": Side.DEBIT, "net": Decimal(1)},
    "Voucher": {
        "number": 1,
        "kind": VoucherKind.JOURNAL,
        "voucher_date": date(2026, 5, 29),
        "text": "",
        "currency": "NOK",
        "entries": ENTRIES,
    },
}


def is_optional(field: "Field[Any]") -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def nothing(kind: Any) -> Any:
    """What means nothing in a field of this type."""
    if Unread in get_args(kind):
        return UNREAD
    if type(None) in get_args(kind):
        return None
    made = get_origin(kind) or kind
    return {} if made is Mapping else made()


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"VoucherBuilder"}))
def test_what_is_left_out_means_nothing_or_what_is_said_here(name: str) -> None:
    made_of = CLASSES[name]
    optional = [field.name for field in fields(made_of) if is_optional(field)]
    needed = NEEDED.get(name) or {field.name: None for field in fields(made_of) if field.name not in optional}
    made, kinds, meant = made_of(**needed), get_type_hints(made_of), MEANT.get(name, {})
    assert meant.keys() <= set(optional)
    for field in optional:
        found, expected = getattr(made, field), meant[field] if field in meant else nothing(kinds[field])
        assert (type(found), found) == (type(expected), expected), field
