"""`bilag platforms`: the accounting systems, what each carries, and how that was proved."""

from typing import TYPE_CHECKING, Any

from bilag.cli.errors import guarded
from bilag.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from bilag.platforms.described import DescribedPlatform, DescribedWay

COLUMNS = ("Platform", "Name in files", "Expenses", "Documents", "Accrual by line", "Moment only", "Proof")


@guarded
def platforms(as_json: Json = False) -> None:
    """List the accounting systems that Bilag posts to: what of an invoice each carries, and how that was proved.

    "Moment only" is what an invoice says and the accounting system has no place for. Where a platform posts in several ways, each
    has a row: which one is used is decided by what the client allows, and told by `bilag company check`.

    Example: bilag platforms
    """
    from bilag.platforms.described import described_platforms

    found = list(described_platforms())
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    print_table(
        COLUMNS,
        [_row(one, way) for one in found for way in one.ways],
        below=["Proof", "Moment only"],
        less=["Accrual by line"],
    )
    for one in found:
        if one.missing:
            say(f"No company can use {one.kind.label} here until the operator sets {' and '.join(one.missing)}.")


def _row(one: "DescribedPlatform", way: "DescribedWay") -> list[str]:
    from bilag.platforms.described import names_of

    able = way.way.capabilities
    name = f"{one.kind.label}: {way.way.name}" if way.way.name else one.kind.label
    offers = ["yes" if can else "no" for can in (able.expenses, able.attachments, able.line_accrual)]
    return [name, one.kind.name, *offers, names_of(way.not_carried, "en") or "nothing", str(way.way.proof)]


def _as_json(one: "DescribedPlatform") -> dict[str, Any]:
    return {
        "name": one.kind.name,
        "label": one.kind.label,
        "usable": not one.missing,
        "missingVariables": list(one.missing),
        "ways": [
            {
                "name": way.way.name,
                "carries": list(way.carried),
                "notCarried": list(way.not_carried),
                "expenses": way.way.capabilities.expenses,
                "attachments": way.way.capabilities.attachments,
                "lineAccrual": way.way.capabilities.line_accrual,
                "proof": way.way.proof,
            }
            for way in one.ways
        ],
    }
