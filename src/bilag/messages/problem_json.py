"""A problem as JSON for the API and the command line."""

from typing import Any

from bilag.messages import render_problem
from bilag.messages.subjects import translate_subject
from bilag.posting.problem import Problem


def problem_as_json(problem: Problem, language: str = "en") -> dict[str, Any]:
    """Return a problem with its sentences in a language. Its subject keeps the form that programs rely on."""
    rendered = render_problem(problem, language)
    return {
        "code": problem.code,
        "subject": translate_subject(problem.subject, language),
        "message": rendered.message,
        "remedy": rendered.remedy,
        "who": rendered.who,
    }
