"""Check a connection to PowerOffice Go step by step; each step says what was found or what to fix."""

from collections.abc import Callable, Iterator

from bilag.messages.fact_values import render_date
from bilag.platforms.base import CheckStep, Client, PlatformStep, Said
from bilag.platforms.check_steps import chart_step, run_in_turn, units_step
from bilag.platforms.poweroffice_go.books import PROJECT, Books, way_allowed
from bilag.platforms.poweroffice_go.ways import OUTGOING, Way
from bilag.platforms.poweroffice_go.wire import IntegrationWire
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions

ASSUMED = Said(
    "PowerOffice has not published how these are created; see the setup guide before the first invoice",
    "PowerOffice har ikke publisert hvordan disse opprettes; se oppsettveiledningen før den første fakturaen",
)


def check(
    sign_in: Callable[[], None],
    integration: Callable[[], IntegrationWire],
    books: Callable[[], Books],
    identity: Callable[[str], str],
    dimensions: Dimensions,
) -> Iterator[CheckStep]:
    """Run the steps until one fails; yield each when it is done."""

    def signed_in() -> list[CheckStep]:
        sign_in()
        detail = Said("Signed in to PowerOffice Go", "Logget inn i PowerOffice Go")
        return [CheckStep(PlatformStep.SIGNED_IN, True, detail)]

    def client_found() -> list[CheckStep]:
        found = integration()
        name = found.client_name or found.client_id
        way = way_allowed(found)
        detail = Said(f"{name}: {way_said(way)}", f"{name}: {way_said(way).nb}")
        client = Client(name, None, identity(found.client_id))
        return [CheckStep(PlatformStep.CLIENT_FOUND, True, detail, client=client)]

    def chart_read() -> list[CheckStep]:
        chart = books().chart
        return [chart_step(chart), units_step(chart, dimensions, _notes(dimensions)), _days(chart)]

    yield from run_in_turn(
        (PlatformStep.SIGNED_IN, signed_in),
        (PlatformStep.CLIENT_FOUND, client_found),
        (PlatformStep.CHART, chart_read),
    )


def way_said(way: Way) -> Said:
    """Say how vouchers will be posted, and what does not arrive."""
    if way is not OUTGOING:
        return way.said
    return Said(f"{way.said}. {ASSUMED}", f"{way.said.nb}. {ASSUMED.nb}")


def _notes(dimensions: Dimensions) -> Iterator[Said]:
    """Warn of Go's rule for projects before the first project is refused."""
    if dimensions.project == PROJECT:
        yield Said(
            "PowerOffice Go does not accept a dot in a project number",
            "PowerOffice Go godtar ikke punktum i et prosjektnummer",
        )


def _days(chart: Chart) -> CheckStep:
    """Say from which day on vouchers can be posted: after the lock date, and from the day on which Go was taken into use."""
    first = chart.periods[0].first if chart.periods else None
    if chart.lock_date is not None:
        detail = Said(
            f"open after {render_date(chart.lock_date, 'en')}, the lock date",
            f"åpent etter {render_date(chart.lock_date, 'nb')}, som er låsedatoen",
        )
    elif first is not None:
        detail = Said(
            f"open from {render_date(first, 'en')}, when the client started with PowerOffice Go",
            f"åpent fra {render_date(first, 'nb')}, da klienten tok i bruk PowerOffice Go",
        )
    else:
        detail = Said("open, without a lock date", "åpent, uten låsedato")
    return CheckStep(PlatformStep.PERIODS, True, detail)
