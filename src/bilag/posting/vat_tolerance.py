"""Keep each entry's VAT within the ledger's tolerance (contracts/decisions.md).

The ledger compares an entry's VAT with its net times the rate. VAT is rounded line by line, and the rounding of a few
hundred lines adds up to more than the ledger allows, although each line is right. Such a group becomes several entries.
"""

from dataclasses import replace
from decimal import Decimal

from bilag.posting.grouping import Group, Grouping, group_of, has_amount
from bilag.posting.invoice import InvoiceLine
from bilag.posting.rules import Rules
from bilag.posting.voucher import ZERO

VAT_TOLERANCE = Decimal("1.00")
"""How far an entry's VAT may be from net times rate (contracts/azets-hub.md, section 4)."""


def is_within_tolerance(net: Decimal, vat: Decimal, rate: Decimal) -> bool:
    """Return whether the ledger accepts this VAT on this net amount; `rate` is percent.

    The tolerance covers rounding. A zero rate has no rounding, and no VAT account to post the amount to.
    """
    tolerance = VAT_TOLERANCE if rate != 0 else ZERO
    return abs(vat - net * rate / 100) <= tolerance


def split_groups(grouping: Grouping, rules: Rules) -> Grouping:
    """Split each group whose sum the ledger rejects, but whose lines it accepts one by one, into groups that it accepts.

    A group with a line that is wrong on its own stays whole, so that its problem can name the line.
    """
    groups = tuple(part for group in grouping.groups for part in _split(group, _rate_of(group, rules)))
    return replace(grouping, groups=groups)


def _split(group: Group, rate: Decimal | None) -> tuple[Group, ...]:
    """Return the group, or the parts of it. Each line goes to the first part that accepts it, so the parts are few."""
    lines = [line for line in group.lines if has_amount(line)]
    if _is_acceptable(group.net, group.vat, rate) or not all(_is_acceptable(one.net, one.vat, rate) for one in lines):
        return (group,)
    parts: list[_Part] = []
    for line in lines:
        fitting = next((part for part in parts if part.accepts(line, rate)), None)
        if fitting is None:
            parts.append(_Part(line))
        else:
            fitting.add(line)
    parts[0].lines += [line for line in group.lines if not has_amount(line)]
    return tuple(
        replace(group_of(group.key, sorted(part.lines, key=lambda line: line.position)), split=True) for part in parts
    )


class _Part:
    """The lines of one entry, and their sums."""

    def __init__(self, line: InvoiceLine) -> None:
        self.lines, self.net, self.vat = [line], line.net, line.vat

    def accepts(self, line: InvoiceLine, rate: Decimal | None) -> bool:
        """Return whether the part is still acceptable with the line."""
        return _is_acceptable(self.net + line.net, self.vat + line.vat, rate)

    def add(self, line: InvoiceLine) -> None:
        self.lines.append(line)
        self.net += line.net
        self.vat += line.vat


def _is_acceptable(net: Decimal, vat: Decimal, rate: Decimal | None) -> bool:
    """Return whether the sums make an entry: not zero, on one side of the account, and within the tolerance."""
    if (net == 0 and vat == 0) or (net < 0 < vat) or (vat < 0 < net):
        return False
    return rate is None or is_within_tolerance(net, vat, rate)


def _rate_of(group: Group, rules: Rules) -> Decimal | None:
    """Return the rate by which the ledger checks the group, None if the group has no VAT code that the ledger knows."""
    codes = rules.chart.vat_codes if rules.chart is not None else {}
    code = codes.get(group.key.vat_code or "")
    return code.rate if code is not None else None
