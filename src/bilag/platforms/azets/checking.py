"""The check of a connection, step by step, each with what was found or what is to be mended."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

from bilag.platforms.azets.mapping import POWEROFFICE, PROJECT_UNIT_OF_POWEROFFICE
from bilag.platforms.azets.wire import ProfileWire
from bilag.platforms.base import CheckStep, Said
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


def check(
    sign_in: Callable[[], None], profile: Callable[[], ProfileWire], chart: Callable[[], Chart], dimensions: Dimensions
) -> list[CheckStep]:
    """All steps up to the first that keeps the rest from being looked at."""

    def signed_in() -> list[CheckStep]:
        sign_in()
        return [CheckStep("signed_in", True, Said("the hub takes the credentials", "huben godtar innloggingen"))]

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
        return [_chart_step(read), units_step(read, dimensions), periods_step(read)]

    steps: list[CheckStep] = []
    for name, look in (("signed_in", signed_in), ("client_found", client_found), ("chart", looked_at)):
        try:
            steps += look()
        except EdgeError as error:
            return [*steps, CheckStep(name, False, "", error.problems, isinstance(error, Unavailable))]
    return steps


def _chart_step(chart: Chart) -> CheckStep:
    accounts = sum(account.active for account in chart.accounts.values())
    codes = sum(code.active for code in chart.vat_codes.values())
    return CheckStep(
        "chart",
        True,
        Said(f"{accounts} accounts and {codes} VAT codes in use", f"{accounts} kontoer og {codes} mva-koder i bruk"),
    )


def units_step(chart: Chart, dimensions: Dimensions) -> CheckStep:
    """The units chosen are there, in use, and differ. That they differ is seen when the setup is saved, too."""
    named = {
        "project": dimensions.project,
        "department": dimensions.department,
        "billability": dimensions.billability,
    }
    chosen = {noun: unit for noun, unit in named.items() if unit is not None}
    problems = tuple(_unit_problems(chosen, chart))
    shared = sorted(unit for unit, count in Counter(chosen.values()).items() if count > 1)
    told = [
        Said(
            f"{noun}: unit {unit} {chart.units[unit].name}",
            f"{NORWEGIAN_NOUNS[noun]}: enhet {unit} {chart.units[unit].name}",
        )
        for noun, unit in chosen.items()
        if unit in chart.units
    ]
    told += [
        Said(
            f"unit {unit} is chosen twice, and each needs a unit of its own",
            f"enhet {unit} er valgt to ganger, og hver trenger sin egen enhet",
        )
        for unit in shared
    ]
    parts = [*(told or [Said("none is used", "ingen er i bruk")]), *_notes(chart, dimensions)]
    detail = Said("; ".join(parts), "; ".join(part.nb for part in parts))
    return CheckStep("units", not problems and not shared, detail, problems)


def _unit_problems(chosen: dict[str, int], chart: Chart) -> Iterator[Problem]:
    for noun, unit in chosen.items():
        definition = chart.units.get(unit)
        if definition is None or not definition.used:
            facts = {"unit": str(unit), "unit_name": definition.name if definition else ""}
            yield Problem("org_unit_not_used", f"setup {SETUP_NAMES[noun]}", facts)


def _notes(chart: Chart, dimensions: Dimensions) -> Iterator[Said]:
    """What one should know of PowerOffice Go before the first project is refused."""
    if chart.system != POWEROFFICE or dimensions.project is None:
        return
    if dimensions.project == PROJECT_UNIT_OF_POWEROFFICE:
        yield Said(
            "PowerOffice Go takes no dot in a project number",
            "PowerOffice Go tar ikke punktum i et prosjektnummer",
        )
    else:
        yield Said(
            f"PowerOffice Go keeps its projects in unit {PROJECT_UNIT_OF_POWEROFFICE}",
            f"PowerOffice Go har prosjektene sine i enhet {PROJECT_UNIT_OF_POWEROFFICE}",
        )


def periods_step(chart: Chart) -> CheckStep:
    """At least one period is open after the lock date."""
    lock = chart.lock_date or date.min
    open_periods = [period for period in chart.periods if period.open and period.last > lock]
    locked = f", locked until {chart.lock_date}" if chart.lock_date else ""
    laast = f", låst til og med {chart.lock_date}" if chart.lock_date else ""
    if open_periods:
        last = max(period.last for period in open_periods)
        return CheckStep(
            "periods",
            True,
            Said(
                f"{len(open_periods)} open, the last ends {last}{locked}",
                f"{len(open_periods)} åpne, den siste slutter {last}{laast}",
            ),
        )
    if not chart.periods:
        return CheckStep(
            "periods",
            False,
            Said("no periods are set up", "ingen perioder er satt opp"),
            (Problem("period_unknown", "company"),),
        )
    return CheckStep(
        "periods",
        False,
        Said(f"none is open{locked}", f"ingen er åpen{laast}"),
        (Problem("period_closed", "company"),),
    )
