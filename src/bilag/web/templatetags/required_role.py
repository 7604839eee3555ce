"""Explain to readers whose role is too low who may act."""

from django import template

from bilag.members.access import Access
from bilag.members.models import Role
from bilag.web.required_role import needs_role

register = template.Library()


@register.simple_tag
def requires(access: Access, role: str) -> str:
    """The sentences for a reader whose role is lower than `role`; empty for one who has it."""
    needed = Role(role)
    return "" if access.allows(needed) else needs_role(access, needed)
