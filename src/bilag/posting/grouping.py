"""Group invoice lines by account, VAT code, project, department and, with accrual, service period (DESIGN, rule 3).

A discount is merged into its group, and text lines are left out (contracts/decisions.md). Amounts keep Moment's sign:
positive on a sale.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bilag.posting.invoice import InvoiceLine, ServicePeriod
from bilag.posting.texts import one_line
from bilag.posting.voucher import ZERO


@dataclass(frozen=True, slots=True)
class Splitting:
    """What separates groups, besides account and VAT code.

    A project or department that is not sent does not separate lines, because nothing is lost by merging them
    (docs/decisions/0001). `project` and `department` are the invoice's own, used for lines that have none.
    """

    by_project: bool = False
    by_department: bool = False
    by_service_period: bool = False
    project: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class GroupKey:
    """The values all lines of a group share."""

    account: str
    vat_code: str | None = None
    project: str | None = None
    department: str | None = None
    service_period: ServicePeriod | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines with the same key. `net` and `vat` are their sums, in Moment's sign."""

    key: GroupKey
    lines: tuple[InvoiceLine, ...]
    net: Decimal
    vat: Decimal
    split: bool = False
    """Whether other lines with the same key are in another group (`vat_tolerance`)."""

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the group's lines."""
        return tuple(line.position for line in self.lines)

    @property
    def is_zero(self) -> bool:
        """Whether both sums are zero."""
        return self.net == 0 and self.vat == 0

    @property
    def signs_differ(self) -> bool:
        """Whether net and VAT have opposite signs, so that no single side of an account can hold both."""
        return (self.net < 0 < self.vat) or (self.vat < 0 < self.net)

    @property
    def is_negative(self) -> bool:
        """Whether either sum is negative."""
        return self.net < 0 or self.vat < 0

    def text(self, account_name: str | None) -> str | None:
        """Return the lines' text if they share one, else the account's name, else the first line's text."""
        texts = list(dict.fromkeys(filter(None, (one_line(line.text) for line in self.lines if has_amount(line)))))
        return texts[0] if len(texts) == 1 else one_line(account_name) or next(iter(texts), None)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups in order of first appearance, the lines left over, and sums over every line."""

    groups: tuple[Group, ...]
    zero_groups: tuple[Group, ...]
    without_account: tuple[int, ...]
    """Positions of lines that have an amount and no account."""
    lines_with_amount: int
    net: Decimal
    vat: Decimal


def group_lines(lines: Iterable[InvoiceLine], splitting: Splitting = Splitting()) -> Grouping:
    """Group the lines. Every amount must be finite; nothing is rounded."""
    lines = tuple(lines)
    by_key: dict[GroupKey, list[InvoiceLine]] = {}
    for line in lines:
        account = strip_number(line.account)
        if account is not None:
            by_key.setdefault(_key(account, line, splitting), []).append(line)
    groups = [group_of(key, members) for key, members in by_key.items()]
    return Grouping(
        groups=tuple(group for group in groups if not group.is_zero),
        zero_groups=tuple(group for group in groups if group.is_zero),
        without_account=tuple(
            line.position for line in lines if strip_number(line.account) is None and has_amount(line)
        ),
        lines_with_amount=sum(map(has_amount, lines)),
        net=sum((line.net for line in lines), ZERO),
        vat=sum((line.vat for line in lines), ZERO),
    )


def has_amount(line: InvoiceLine) -> bool:
    """Return whether the line has a net or VAT amount."""
    return line.net != 0 or line.vat != 0


def strip_number(number: str | None) -> str | None:
    """Strip blanks from a number as Moment gave it; None if nothing is left."""
    return (number or "").strip() or None


def _key(account: str, line: InvoiceLine, splitting: Splitting) -> GroupKey:
    return GroupKey(
        account=account,
        vat_code=strip_number(line.vat_code),
        project=(strip_number(line.project) or strip_number(splitting.project)) if splitting.by_project else None,
        department=(strip_number(line.department) or strip_number(splitting.department))
        if splitting.by_department
        else None,
        service_period=line.service_period if splitting.by_service_period else None,
    )


def group_of(key: GroupKey, lines: Sequence[InvoiceLine]) -> Group:
    """Group these lines, which share the key."""
    net = sum((line.net for line in lines), ZERO)
    vat = sum((line.vat for line in lines), ZERO)
    return Group(key, tuple(lines), net, vat)
