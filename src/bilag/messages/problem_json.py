"""A problem as JSON for the API and the command line."""

from typing import Any

from bilag.messages import render_problem
from bilag.posting.problem import Problem


def problem_as_json(problem: Problem, language: str = "en") -> dict[str, Any]:
    """A problem told in a language."""
    told_so = render_problem(problem, language)
    return {
        "code": problem.code,
        "subject": told_so.subject,
        "message": told_so.message,
        "remedy": told_so.remedy,
        "who": told_so.who,
    }
