"""Check a connection to Tryton step by step; each step says what was found or what to fix."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bilag.platforms.base import CheckStep, Client, PlatformStep, Said
from bilag.platforms.check_steps import chart_step, periods_step, run_in_turn, units_step
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.rows import CompanyRow
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions


def check(
    sign_in: Callable[[], int],
    company: Callable[[], CompanyRow],
    identity: Callable[[int], str | None],
    books: Callable[[], Books],
    dimensions: Dimensions,
) -> Iterator[CheckStep]:
    """Run the steps until one fails; yield each when it is done."""

    def signed_in() -> list[CheckStep]:
        found = sign_in()
        detail = Said(
            f"Signed in to Tryton; companies in the database: {found}",
            f"Logget inn i Tryton; firmaer i databasen: {found}",
        )
        return [CheckStep(PlatformStep.SIGNED_IN, True, detail)]

    def client_found() -> list[CheckStep]:
        found = company()
        name, currency = found.party.name, found.currency.code
        numbers = [row.code for row in found.party.identifiers]
        client = Client(name, numbers[0] if numbers else None, identity(found.id))
        detail = Said(f"{name}, in {currency}", f"{name}, i {currency}")
        return [CheckStep(PlatformStep.CLIENT_FOUND, True, detail, client=client)]

    def chart_read() -> list[CheckStep]:
        chart = books().chart
        return [chart_step(chart), _units(chart, dimensions), periods_step(chart)]

    yield from run_in_turn(
        (PlatformStep.SIGNED_IN, signed_in),
        (PlatformStep.CLIENT_FOUND, client_found),
        (PlatformStep.CHART, chart_read),
    )


def _units(chart: Chart, dimensions: Dimensions) -> CheckStep:
    """Check that the chosen units have an analytic root. Tryton's own problem code has the right remedy."""
    step = units_step(chart, dimensions)
    problems = tuple(
        replace(problem, code="tryton_root_missing") if problem.code == "org_unit_not_used" else problem
        for problem in step.problems
    )
    return replace(step, problems=problems)
