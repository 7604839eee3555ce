"""Decide which companies a user has access to, and with which role."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from bilag.companies.models import Company
from bilag.members.models import Role, User

OF_MEMBER = """
    select company.*, membership.role as role_of_user, coalesce(setup.platform_kind, '') as platform_kind
    from companies_company company join members_membership membership on membership.company_id = company.id
    left join companies_integrationsetup setup on setup.company_id = company.id
    where membership.user_id = %s and company.slug = %s
"""
ORDER = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Access:
    """A user's access to a company."""

    company: Company
    role: Role
    platform_kind: str = ""
    """The company's accounting system, by the name in its setup."""
    by_operator: bool = False
    """Whether the user has it as an operator, who sees all companies."""

    def allows(self, needed: Role) -> bool:
        """Return whether the role is at least `needed`."""
        return ORDER[self.role] >= ORDER[needed]

    @property
    def may_handle(self) -> bool:
        """Whether the user can handle what Bilag transfers: retry, exclude, reconcile, sign, import and export."""
        return self.allows(Role.ACCOUNTANT)

    @property
    def may_change(self) -> bool:
        """Whether the user can change the setup too."""
        return self.allows(Role.MEMBER)

    @property
    def may_own(self) -> bool:
        """Whether the user can manage members and tokens."""
        return self.allows(Role.OWNER)


def access_to(user: Any, slug: str) -> Access | None:
    """Return the user's access to a company; None if it does not exist or the user has no access."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_operator:
        company = Company.objects.filter(slug=slug).annotate(platform_kind=F("setup__platform_kind")).first()
        return Access(company, Role.OWNER, company.platform_kind or "", by_operator=True) if company else None
    # In SQL, because every page runs it: the ORM would take half a millisecond to build this join.
    found: Any = next(iter(Company.objects.raw(OF_MEMBER, [user.pk, slug])), None)
    return Access(found, Role(found.role_of_user), found.platform_kind) if found is not None else None
