"""Template filters of the expense pages."""

from django import template

from bilag.web.expenses_pages.words import LINE_STATES

register = template.Library()


@register.filter
def line_state(state: str) -> str:
    """A posted line's state in words."""
    return str(LINE_STATES.get(state, state))
