"""Show what would be posted for amounts, before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bilag.companies.setup import Setup
from bilag.messages import RenderedProblem, render_problem
from bilag.posting.voucher import Side, Voucher
from bilag.transfers.accrued_income import amounts
from bilag.transfers.accrued_income.amounts import Given, Preview
from bilag.web.templatetags.bilag import language
from bilag.wire.errors import EdgeError

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What would be posted for a project: on the last day of the month, and reversed on the next day."""

    project: str
    amount: Decimal
    posted: Decimal
    difference: Decimal
    day: date | None
    debit: str
    credit: str
    reversed_on: date | None
    problems: list[RenderedProblem]


def preview_context(setup: Setup, month: date, given: Sequence[Given]) -> dict[str, Any]:
    """Return the template context of a preview: at most `MOST_SHOWN` rows, and the sum of all amounts."""
    context: dict[str, Any] = {
        "count": len(given),
        "total": sum((one.amount for one in given), Decimal(0)),
        "month": month,
    }
    try:
        found = amounts.preview(setup, month, given[:MOST_SHOWN], fresh=False)
    except amounts.SwitchedOff as error:
        return context | {"stopped": render_problem(error.problem, language())}
    except EdgeError as error:
        return context | {"stopped": render_problem(error.problems[0], language())}
    shown = [_shown(one) for one in found]
    return context | {
        "previews": shown,
        "more": len(given) - len(shown),
        "to_post": sum((one.difference for one in shown), Decimal(0)),
    }


def _shown(one: Preview) -> ShownPreview:
    first = one.vouchers[0] if one.vouchers else None
    return ShownPreview(
        project=one.given.project,
        amount=one.given.amount,
        posted=one.posted,
        difference=one.difference,
        day=first.voucher_date if first else None,
        debit=_account(first, Side.DEBIT),
        credit=_account(first, Side.CREDIT),
        reversed_on=one.vouchers[1].voucher_date if len(one.vouchers) > 1 else None,
        problems=[render_problem(problem, language()) for problem in one.problems],
    )


def _account(voucher: Voucher | None, side: Side) -> str:
    return next((entry.account for entry in voucher.entries if entry.side is side), "") if voucher else ""
