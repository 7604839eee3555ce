"""Template filters of the expense pages."""

from django import template

from bilag.messages import render_ignored_reason
from bilag.web.expenses_pages.words import LINE_STATES
from bilag.web.templatetags.bilag import language

register = template.Library()


@register.filter
def ignored_reason(code: str | None) -> str:
    """Why a posted line stays in accounting, in words."""
    return render_ignored_reason(code, language()) if code else ""


@register.filter
def line_state(state: str) -> str:
    """A posted line's state in words."""
    return str(LINE_STATES.get(state, state))
