"""The check of a connection to Tryton, step by step, each with what was found or what is to be mended."""

from collections.abc import Callable
from dataclasses import replace

from bilag.platforms.base import CheckStep, Said
from bilag.platforms.check_steps import chart_step, periods_step, units_step
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.rows import CompanyRow
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.wire.errors import EdgeError, Unavailable


def check(
    sign_in: Callable[[], int], company: Callable[[], CompanyRow], books: Callable[[], Books], dimensions: Dimensions
) -> list[CheckStep]:
    """All steps up to the first that keeps the rest from being looked at."""

    def signed_in() -> list[CheckStep]:
        found = sign_in()
        told = Said(
            f"Signed in to Tryton; companies in the database: {found}",
            f"Logget inn i Tryton; firmaer i databasen: {found}",
        )
        return [CheckStep("signed_in", True, told)]

    def client_found() -> list[CheckStep]:
        found = company()
        name, currency = found.party.name, found.currency.code
        return [CheckStep("client_found", True, Said(f"{name}, in {currency}", f"{name}, i {currency}"))]

    def looked_at() -> list[CheckStep]:
        chart = books().chart
        return [chart_step(chart), _units(chart, dimensions), periods_step(chart)]

    steps: list[CheckStep] = []
    for name, look in (("signed_in", signed_in), ("client_found", client_found), ("chart", looked_at)):
        try:
            steps += look()
        except EdgeError as error:
            return [*steps, CheckStep(name, False, "", error.problems, isinstance(error, Unavailable))]
    return steps


def _units(chart: Chart, dimensions: Dimensions) -> CheckStep:
    """The units chosen are those that have a root; what the cure is, Tryton's own problem says."""
    step = units_step(chart, dimensions)
    told = tuple(
        replace(problem, code="tryton_root_missing") if problem.code == "org_unit_not_used" else problem
        for problem in step.problems
    )
    return replace(step, problems=told)
