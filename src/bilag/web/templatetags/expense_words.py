"""Template filters for the expense pages."""

from django import template

from bilag.expenses.models import ExpenseLine
from bilag.expenses.queries import problems_of
from bilag.messages import render_ignored_reason
from bilag.posting.problem import Problem
from bilag.web.expenses_pages.words import LINE_STATES
from bilag.web.templatetags.bilag import language

register = template.Library()


@register.filter
def ignored_reason(code: str | None) -> str:
    """Render the reason why Bilag did not import a posted line."""
    return render_ignored_reason(code, language()) if code else ""


@register.filter
def line_problems(line: ExpenseLine) -> list[Problem]:
    """Return the problems of a posted line and of its documents."""
    return problems_of(line)


@register.filter
def line_state(state: str) -> str:
    """Name the state of a posted line."""
    return str(LINE_STATES.get(state, state))
