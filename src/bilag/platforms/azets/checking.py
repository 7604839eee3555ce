"""The check of a connection, step by step, each with what was found or what is to be mended."""

from collections.abc import Callable, Iterator

from bilag.platforms.azets.mapping import POWEROFFICE, PROJECT_UNIT_OF_POWEROFFICE
from bilag.platforms.azets.wire import ProfileWire
from bilag.platforms.base import CheckStep, Said
from bilag.platforms.check_steps import chart_step, periods_step, units_step
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.wire.errors import EdgeError, Unavailable


def check(
    sign_in: Callable[[], None], profile: Callable[[], ProfileWire], chart: Callable[[], Chart], dimensions: Dimensions
) -> list[CheckStep]:
    """All steps up to the first that keeps the rest from being looked at."""

    def signed_in() -> list[CheckStep]:
        sign_in()
        return [CheckStep("signed_in", True, Said("Signed in to Azets", "Logget inn hos Azets"))]

    def client_found() -> list[CheckStep]:
        found = profile()
        return [
            CheckStep(
                "client_found",
                True,
                Said(
                    f"{found.company_name} on {found.accounting_system}",
                    f"{found.company_name} i {found.accounting_system}",
                ),
            )
        ]

    def looked_at() -> list[CheckStep]:
        read = chart()
        return [chart_step(read), units_step(read, dimensions, _notes(read, dimensions)), periods_step(read)]

    steps: list[CheckStep] = []
    for name, look in (("signed_in", signed_in), ("client_found", client_found), ("chart", looked_at)):
        try:
            steps += look()
        except EdgeError as error:
            return [*steps, CheckStep(name, False, "", error.problems, isinstance(error, Unavailable))]
    return steps


def _notes(chart: Chart, dimensions: Dimensions) -> Iterator[Said]:
    """What one should know of PowerOffice Go before the first project is refused."""
    if chart.system != POWEROFFICE or dimensions.project is None:
        return
    if dimensions.project == PROJECT_UNIT_OF_POWEROFFICE:
        yield Said(
            "PowerOffice Go does not accept a dot in a project number",
            "PowerOffice Go godtar ikke punktum i et prosjektnummer",
        )
    else:
        yield Said(
            f"PowerOffice Go has its projects in unit {PROJECT_UNIT_OF_POWEROFFICE}",
            f"PowerOffice Go har prosjektene sine i enhet {PROJECT_UNIT_OF_POWEROFFICE}",
        )
