"""Steps of the connection check common to all accounting systems: chart, units, periods."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from bilag.messages.fact_values import render_date
from bilag.platforms.base import CheckStep, PlatformStep, Said
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Unavailable

SETUP_NAMES = {
    "project": "dimensions.project",
    "department": "dimensions.department",
    "billability": "expenses.billability_dimension",
}

NORWEGIAN_NOUNS = {"project": "prosjekt", "department": "avdeling", "billability": "fakturerbarhet"}


def run_in_turn(*steps: tuple[PlatformStep, Callable[[], Iterable[CheckStep]]]) -> Iterator[CheckStep]:
    """Run the parts of a check until one fails; yield each step when it is done, and a failed one under the part's name."""
    for name, run in steps:
        try:
            yield from run()
        except EdgeError as error:
            yield CheckStep(name, False, "", error.problems, isinstance(error, Unavailable))
            return


def chart_step(chart: Chart) -> CheckStep:
    """Report how many accounts and VAT codes are in use."""
    accounts = sum(account.active for account in chart.accounts.values())
    codes = sum(code.active for code in chart.vat_codes.values())
    return CheckStep(
        PlatformStep.CHART,
        True,
        Said(f"{accounts} accounts and {codes} VAT codes in use", f"{accounts} kontoer og {codes} mva-koder i bruk"),
    )


def units_step(chart: Chart, dimensions: Dimensions, notes: Iterable[Said] = ()) -> CheckStep:
    """Check that the chosen units exist, are in use and differ. `notes` are added to the detail."""
    units = {
        "project": dimensions.project,
        "department": dimensions.department,
        "billability": dimensions.billability,
    }
    chosen = {noun: unit for noun, unit in units.items() if unit is not None}
    problems = tuple(_unit_problems(chosen, chart))
    shared = sorted(unit for unit, count in Counter(chosen.values()).items() if count > 1)
    parts = [
        Said(
            f"{noun}: unit {unit} {chart.units[unit].name}",
            f"{NORWEGIAN_NOUNS[noun]}: enhet {unit} {chart.units[unit].name}",
        )
        for noun, unit in chosen.items()
        if unit in chart.units
    ]
    parts += [
        Said(
            f"unit {unit} is selected twice, but each dimension needs its own unit",
            f"enhet {unit} er valgt to ganger, men hver dimensjon må ha sin egen enhet",
        )
        for unit in shared
    ]
    parts = [*(parts or [Said("no dimensions are used", "ingen dimensjoner er i bruk")]), *notes]
    detail = Said("; ".join(parts), "; ".join(part.nb for part in parts))
    return CheckStep(PlatformStep.UNITS, not problems and not shared, detail, problems)


def _unit_problems(chosen: dict[str, int], chart: Chart) -> Iterator[Problem]:
    for noun, unit in chosen.items():
        definition = chart.units.get(unit)
        if definition is None or not definition.used:
            facts = {"unit": str(unit), "unit_name": definition.name if definition else ""}
            yield Problem("org_unit_not_used", f"setup {SETUP_NAMES[noun]}", facts)


def periods_step(chart: Chart) -> CheckStep:
    """Check that at least one period is open after the lock date. A ledger with only a lock date is open after it."""
    if not chart.periods and chart.lock_date is not None:
        return CheckStep(
            PlatformStep.PERIODS,
            True,
            Said(
                f"open after {render_date(chart.lock_date, 'en')}, the lock date",
                f"åpent etter {render_date(chart.lock_date, 'nb')}, låsedatoen",
            ),
        )
    lock = chart.lock_date or date.min
    open_periods = [period for period in chart.periods if period.open and period.last > lock]
    locked = f", locked until {render_date(chart.lock_date, 'en')}" if chart.lock_date else ""
    laast = f", låst til og med {render_date(chart.lock_date, 'nb')}" if chart.lock_date else ""
    if open_periods:
        last = max(period.last for period in open_periods)
        return CheckStep(
            PlatformStep.PERIODS,
            True,
            Said(
                f"{len(open_periods)} open, the last ends {render_date(last, 'en')}{locked}",
                f"{len(open_periods)} åpne, den siste slutter {render_date(last, 'nb')}{laast}",
            ),
        )
    if not chart.periods:
        return CheckStep(
            PlatformStep.PERIODS,
            False,
            Said("the accounting system has no periods", "regnskapssystemet har ingen perioder"),
            (Problem("period_unknown", "company"),),
        )
    return CheckStep(
        PlatformStep.PERIODS,
        False,
        Said(f"no period is open{locked}", f"ingen periode er åpen{laast}"),
        (Problem("period_closed", "company"),),
    )
