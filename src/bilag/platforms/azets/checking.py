"""Check a connection to the hub step by step; each step says what was found or what to fix."""

from collections.abc import Callable, Iterator

from bilag.platforms.azets.mapping import POWEROFFICE, PROJECT_UNIT_OF_POWEROFFICE
from bilag.platforms.azets.wire import ProfileWire
from bilag.platforms.base import CheckStep, Client, PlatformStep, Said
from bilag.platforms.check_steps import chart_step, periods_step, run_in_turn, units_step
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions


def check(
    sign_in: Callable[[], None], profile: Callable[[], ProfileWire], chart: Callable[[], Chart], dimensions: Dimensions
) -> Iterator[CheckStep]:
    """Run the steps until one fails; yield each when it is done."""

    def signed_in() -> list[CheckStep]:
        sign_in()
        return [CheckStep(PlatformStep.SIGNED_IN, True, Said("Signed in to Azets", "Logget inn hos Azets"))]

    def client_found() -> list[CheckStep]:
        found = profile()
        return [
            CheckStep(
                PlatformStep.CLIENT_FOUND,
                True,
                Said(
                    f"{found.company_name} on {found.accounting_system}",
                    f"{found.company_name} i {found.accounting_system}",
                ),
                client=Client(found.company_name, found.organisation_number),
            )
        ]

    def chart_read() -> list[CheckStep]:
        read = chart()
        return [chart_step(read), units_step(read, dimensions, _notes(read, dimensions)), periods_step(read)]

    yield from run_in_turn(
        (PlatformStep.SIGNED_IN, signed_in),
        (PlatformStep.CLIENT_FOUND, client_found),
        (PlatformStep.CHART, chart_read),
    )


def _notes(chart: Chart, dimensions: Dimensions) -> Iterator[Said]:
    """Warn of PowerOffice Go's rules for projects before the first project is refused."""
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
