"""How people come to a company, change their role there, and leave it.

Everything here is written with its event in one transaction. `by` is who does it, as the log tells it.
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

IN_FORCE_FOR = timedelta(days=14)


class AlreadyMember(Exception):
    """The person is in the company already."""


class LastOwner(Exception):
    """A company without an owner could never get another one."""


class NotForThem(Exception):
    """The invitation is for another address than the person's."""


def invite(company: Company, email: str, role: Role, *, by: str) -> tuple[Invitation, str]:
    """A new invitation in place of any earlier one to the same address, and the secret of its link, which is not kept.

    Raises `AlreadyMember`.
    """
    email = email.strip().lower()
    secret = new_token()
    with transaction.atomic():
        if Membership.objects.filter(company=company, user__email__iexact=email).exists():
            raise AlreadyMember(email)
        Company.objects.select_for_update().get(pk=company.pk)  # two who invite the same person wait for each other
        Invitation.objects.filter(company=company, email__iexact=email).delete()
        made = Invitation.objects.create(
            company=company,
            email=email,
            role=role,
            digest=digest_of(secret),
            invited_by=by[:254],
            expires_at=timezone.now() + IN_FORCE_FOR,
        )
        record(company.pk, EventName.INVITED, origin=by, email=email, role=role)
    return made, secret


def invitation_of(secret: str) -> Invitation | None:
    """The invitation whose link has this secret; None when it was used, withdrawn, replaced or has run out."""
    rows = Invitation.objects.select_related("company").filter(expires_at__gt=timezone.now())
    return rows.filter(digest=digest_of(secret)).first()


def withdraw(company: Company, invitation_id: int, *, by: str) -> bool:
    """Make the link worthless; False when there is no such invitation any more."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().filter(company=company, pk=invitation_id).first()
        if row is None:
            return False
        row.delete()
        record(company.pk, EventName.INVITATION_WITHDRAWN, origin=by, email=row.email)
    return True


def join(invitation: Invitation, user: User) -> Membership:
    """Make the person a member as invited and use the invitation up. A role that they have is never lowered by it.

    Raises `NotForThem`, and `Invitation.DoesNotExist` when it was used or withdrawn meanwhile.
    """
    if user.email.casefold() != invitation.email.casefold():
        raise NotForThem(invitation.email)
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk).delete()
        return put_in(invitation.company, user, Role(invitation.role), by=user.email)


def put_in(company: Company, user: User, role: Role, *, by: str) -> Membership:
    """The person in the company, in this role or in the higher one that they have."""
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
    """Give a member another role. Raises `Membership.DoesNotExist` and `LastOwner`."""
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
    """Take a member out of the company. Raises `Membership.DoesNotExist` and `LastOwner`."""
    with transaction.atomic():
        row = _locked(company, user_id)
        if row.role == Role.OWNER:
            _keep_an_owner(company, user_id)
        user = row.user
        row.delete()
        record(company.pk, EventName.MEMBER_REMOVED, origin=by, email=user.email)
    return user


def _locked(company: Company, user_id: int) -> Membership:
    """The membership, while nobody else changes any of the company: two owners cannot both be the one who stays."""
    Company.objects.select_for_update().get(pk=company.pk)
    return Membership.objects.select_related("user").get(company=company, user_id=user_id)


def _keep_an_owner(company: Company, user_id: int) -> None:
    others = Membership.objects.filter(Q(company=company, role=Role.OWNER) & ~Q(user_id=user_id))
    if not others.exists():
        raise LastOwner(company.slug)
