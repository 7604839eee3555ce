"""The check of a company, as the command line and the API return it."""
# A module of its own: a check imports the platforms, and commands that only read rows do not need them.

from typing import Any

from bilag.companies import who
from bilag.companies.check import CheckReport
from bilag.messages import problem_json
from bilag.platforms.base import Said


def report_as_json(report: CheckReport, language: str = "en") -> dict[str, Any]:
    """Return the steps of a check, each problem with its remedy."""
    return {
        "ok": report.ok,
        "parties": who.as_json(report.seen) if report.seen is not None else None,
        "steps": [
            {
                "name": step.name.value,
                "standing": step.status.value,
                "detail": step.detail.in_language(language) if isinstance(step.detail, Said) else step.detail,
                "problems": [problem_json.problem_as_json(problem, language) for problem in step.problems],
            }
            for step in report.steps
        ],
    }
