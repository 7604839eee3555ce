"""Which companies a person sees, and what they may do there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bilag.companies.models import Company
from bilag.members.models import Membership, Role, User

ORDER = {Role.VIEWER: 1, Role.MEMBER: 2, Role.OWNER: 3}


@dataclass(frozen=True, slots=True)
class Access:
    """A person in a company."""

    company: Company
    role: Role

    def allows(self, needed: Role) -> bool:
        """Whether the role is enough."""
        return ORDER[self.role] >= ORDER[needed]

    @property
    def may_change(self) -> bool:
        """Whether setup and transfers may be changed, not only seen."""
        return self.allows(Role.MEMBER)

    @property
    def may_own(self) -> bool:
        """Whether members and tokens may be changed."""
        return self.allows(Role.OWNER)


def companies_of(user: Any) -> QuerySet[Company]:
    """The companies that the person sees, by name; none for one who is not signed in."""
    if not isinstance(user, User) or not user.is_active:
        return Company.objects.none()
    rows = Company.objects.all() if user.is_operator else Company.objects.filter(memberships__user=user)
    return rows.order_by("name", "id")


def access_to(user: Any, slug: str) -> Access | None:
    """The person's access to the company; None when there is no such company, or when it is not theirs to see."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_operator:
        company = Company.objects.filter(slug=slug).first()
        return Access(company, Role.OWNER) if company else None
    membership = Membership.objects.select_related("company").filter(user=user, company__slug=slug).first()
    return Access(membership.company, Role(membership.role)) if membership else None
