"""Invite users to a company, add them, change their roles and remove them.

Every change is written with its event in one transaction. `by` is the actor that the log shows.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bilag.companies.models import Company
from bilag.companies.secrets import digest_of, new_token
from bilag.events.record import EventName, record
from bilag.members.access import ORDER
from bilag.members.models import Invitation, Membership, Role, User

VALID_FOR = timedelta(days=14)


class AlreadyMember(Exception):
    """The user is already a member."""


class LastOwner(Exception):
    """The last owner cannot leave: nobody could appoint a new one."""


class WrongAddress(Exception):
    """The invitation is for another email address."""


def invite(company: Company, email: str, role: Role, *, by: str) -> tuple[Invitation, str]:
    """Create an invitation, and return it with the secret of its link, which is not stored.

    Replaces any earlier invitation to the same address. Raise `AlreadyMember` if the user is a member.
    """
    email = email.strip().lower()
    secret = new_token()
    with transaction.atomic():
        if Membership.objects.filter(company=company, user__email__iexact=email).exists():
            raise AlreadyMember(email)
        Company.objects.select_for_update().get(pk=company.pk)  # serialises two invitations to the same address
        Invitation.objects.filter(company=company, email__iexact=email).delete()
        made = Invitation.objects.create(
            company=company,
            email=email,
            role=role,
            digest=digest_of(secret),
            invited_by=by[:254],
            expires_at=timezone.now() + VALID_FOR,
        )
        record(company.pk, EventName.INVITED, origin=by, email=email, role=role)
    return made, secret


def invitation_of(secret: str) -> Invitation | None:
    """Return the invitation with this secret; None if it was used, withdrawn or replaced, or has expired."""
    rows = Invitation.objects.select_related("company").filter(expires_at__gt=timezone.now())
    return rows.filter(digest=digest_of(secret)).first()


def withdraw(company: Company, invitation_id: int, *, by: str) -> bool:
    """Withdraw an invitation. Return False if it no longer exists."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().filter(company=company, pk=invitation_id).first()
        if row is None:
            return False
        row.delete()
        record(company.pk, EventName.INVITATION_WITHDRAWN, origin=by, email=row.email)
    return True


def join(invitation: Invitation, user: User) -> Membership:
    """Make the user a member with the invited role, and delete the invitation. A higher role is kept.

    Raise `WrongAddress`, or `Invitation.DoesNotExist` if the invitation was used or withdrawn in the meantime.
    """
    if user.email.casefold() != invitation.email.casefold():
        raise WrongAddress(invitation.email)
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk).delete()
        return add_member(invitation.company, user, Role(invitation.role), by=user.email)


def add_member(company: Company, user: User, role: Role, *, by: str) -> Membership:
    """Add a user to the company with a role, or raise the role of a member. A higher role is kept."""
    with transaction.atomic():
        row, new = Membership.objects.select_for_update().get_or_create(
            company=company, user=user, defaults={"role": role}
        )
        if not new and ORDER[role] > ORDER[Role(row.role)]:
            return change_role(company, user.pk, role, by=by)
        if new:
            record(company.pk, EventName.JOINED, origin=by, email=user.email, role=role)
    return row


def change_role(company: Company, user_id: int, role: Role, *, by: str) -> Membership:
    """Change the role of a member. Raise `Membership.DoesNotExist` or `LastOwner`."""
    with transaction.atomic():
        row = _locked(company, user_id)
        if row.role == role:
            return row
        if row.role == Role.OWNER:
            _keep_an_owner(company, user_id)
        old, row.role = row.role, role
        row.save(update_fields=["role"])
        record(company.pk, EventName.ROLE_CHANGED, origin=by, email=row.user.email, old=old, role=role)
    return row


def remove(company: Company, user_id: int, *, by: str) -> User:
    """Remove a member from the company. Raise `Membership.DoesNotExist` or `LastOwner`."""
    with transaction.atomic():
        row = _locked(company, user_id)
        if row.role == Role.OWNER:
            _keep_an_owner(company, user_id)
        user = row.user
        row.delete()
        record(company.pk, EventName.MEMBER_REMOVED, origin=by, email=user.email)
    return user


def _locked(company: Company, user_id: int) -> Membership:
    """Return the membership with the company locked, so that two owners cannot remove each other at the same time."""
    Company.objects.select_for_update().get(pk=company.pk)
    return Membership.objects.select_related("user").get(company=company, user_id=user_id)


def _keep_an_owner(company: Company, user_id: int) -> None:
    """Raise `LastOwner` if nobody else is an owner."""
    others = Membership.objects.filter(Q(company=company, role=Role.OWNER) & ~Q(user_id=user_id))
    if not others.exists():
        raise LastOwner(company.slug)
