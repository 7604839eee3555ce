"""Say to a user whose role is too low which role is needed, and who in the company has it."""

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.members.access import ORDER, Access
from bilag.members.models import Membership, Role
from bilag.web import labels

MOST_NAMED = 3


def needs_role(access: Access, needed: Role) -> str:
    """Return the sentences: the user's role, the role that is needed, and the members who have it, the lowest first."""
    who = _members_with(access, needed)
    text = _("Your role is %(role)s. This requires the role %(needed)s.") % {
        "role": labels.ROLES[access.role].lower(),
        "needed": labels.ROLES[needed].lower(),
    }
    return f"{text} {who}"


def page_needs(access: Access, needed: Role) -> str:
    """Return the same for a page that the user may use in part; empty for a user who has the role."""
    if access.allows(needed):
        return ""
    text = _("Your role is %(role)s. To do everything on this page you need the role %(needed)s.") % {
        "role": labels.ROLES[access.role].lower(),
        "needed": labels.ROLES[needed].lower(),
    }
    return f"{text} {_members_with(access, needed)}"


def _members_with(access: Access, needed: Role) -> str:
    """Return the members to ask."""
    allowed = [role for role in Role if ORDER[role] >= ORDER[needed]]
    place = Case(
        *(When(role=role, then=Value(ORDER[role])) for role in Role), default=Value(0), output_field=IntegerField()
    )
    rows = Membership.objects.filter(company=access.company, role__in=allowed, user__is_active=True)
    rows = rows.select_related("user").order_by(place, "user__name", "user__email")
    found = list(rows[: MOST_NAMED + 1])
    if not found:
        return _("No member of the company has it. Ask your Bilag administrator.")
    named = [f"{one.user.shown_name} ({labels.ROLES[one.role].lower()})" for one in found[:MOST_NAMED]]
    more = rows.count() - MOST_NAMED if len(found) > MOST_NAMED else 0
    if more:
        text = ngettext("Ask %(names)s or %(more)s more.", "Ask %(names)s or %(more)s more.", more)
        return text % {"names": ", ".join(named), "more": more}
    if len(named) > 1:
        return _("Ask %(names)s or %(last)s.") % {"names": ", ".join(named[:-1]), "last": named[-1]}
    return _("Ask %(name)s.") % {"name": named[0]}
