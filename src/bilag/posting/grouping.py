"""Invoice lines become groups: one for each account, VAT code, project, department and, with accrual, service period.

DESIGN, rule 3, and contracts/decisions.md: a discount is merged into its group, and text lines are left out. Amounts
keep Moment's sign: positive on a sale.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bilag.posting.invoice import InvoiceLine, ServicePeriod
from bilag.posting.texts import one_line
from bilag.posting.voucher import ZERO


@dataclass(frozen=True, slots=True)
class Splitting:
    """What keeps lines apart besides account and VAT code.

    A project or department that is not sent does not keep lines apart: nothing of it would be lost
    (docs/decisions/0001). `project` and `department` are the invoice's own, for lines that name none.
    """

    by_project: bool = False
    by_department: bool = False
    by_service_period: bool = False
    project: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the lines of a group have in common."""

    account: str
    vat_code: str | None = None
    project: str | None = None
    department: str | None = None
    service_period: ServicePeriod | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one key. `net` and `vat` are their sums, in Moment's sign; `positions` says which lines they are."""

    key: GroupKey
    lines: tuple[InvoiceLine, ...]
    net: Decimal
    vat: Decimal

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(line.position for line in self.lines)

    @property
    def is_zero(self) -> bool:
        return self.net == 0 and self.vat == 0

    @property
    def signs_differ(self) -> bool:
        """Net and VAT pull in different directions: no one side of an account can hold both."""
        return (self.net < 0 < self.vat) or (self.vat < 0 < self.net)

    @property
    def is_negative(self) -> bool:
        return self.net < 0 or self.vat < 0

    def text(self, account_name: str | None) -> str | None:
        """The lines' text where they have one in common, else the account's name, else the first text."""
        texts = list(dict.fromkeys(filter(None, (one_line(line.text) for line in self.lines if has_amount(line)))))
        return texts[0] if len(texts) == 1 else one_line(account_name) or next(iter(texts), None)


@dataclass(frozen=True, slots=True)
class Grouping:
    """All groups in order of first appearance; the rest of the lines, and sums over every line."""

    groups: tuple[Group, ...]
    zero_groups: tuple[Group, ...]
    without_account: tuple[int, ...]
    """Positions of lines that have an amount and no account."""
    lines_with_amount: int
    net: Decimal
    vat: Decimal


def group_lines(lines: Iterable[InvoiceLine], splitting: Splitting = Splitting()) -> Grouping:
    """Group the lines. Every amount is finite; nothing is rounded."""
    lines = tuple(lines)
    by_key: dict[GroupKey, list[InvoiceLine]] = {}
    for line in lines:
        account = named(line.account)
        if account is not None:
            by_key.setdefault(_key(account, line, splitting), []).append(line)
    groups = [_group(key, members) for key, members in by_key.items()]
    return Grouping(
        groups=tuple(group for group in groups if not group.is_zero),
        zero_groups=tuple(group for group in groups if group.is_zero),
        without_account=tuple(line.position for line in lines if named(line.account) is None and has_amount(line)),
        lines_with_amount=sum(map(has_amount, lines)),
        net=sum((line.net for line in lines), ZERO),
        vat=sum((line.vat for line in lines), ZERO),
    )


def has_amount(line: InvoiceLine) -> bool:
    """Whether the line says anything in money."""
    return line.net != 0 or line.vat != 0


def named(number: str | None) -> str | None:
    """A number as Moment gave it, without blanks around it; None when there is nothing in it."""
    return (number or "").strip() or None


def _key(account: str, line: InvoiceLine, splitting: Splitting) -> GroupKey:
    return GroupKey(
        account=account,
        vat_code=named(line.vat_code),
        project=(named(line.project) or named(splitting.project)) if splitting.by_project else None,
        department=(named(line.department) or named(splitting.department)) if splitting.by_department else None,
        service_period=line.service_period if splitting.by_service_period else None,
    )


def _group(key: GroupKey, lines: list[InvoiceLine]) -> Group:
    net = sum((line.net for line in lines), ZERO)
    vat = sum((line.vat for line in lines), ZERO)
    return Group(key, tuple(lines), net, vat)
