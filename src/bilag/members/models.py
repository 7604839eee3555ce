"""Tables for users and their roles, invitations, API tokens and stored answers of the API."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from bilag.companies.models import Company
from bilag.posting.selection import OSLO


class UserManager(BaseUserManager["User"]):
    """Create users, who sign in with their email address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user. Without a password, the user sets one through an invitation or a password reset."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A user."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_operator = models.BooleanField(default=False)
    """Administers this installation: has the role owner in every company."""
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, blank=True)
    """Chosen on the page; empty = the browser's language."""
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def shown_name(self) -> str:
        """The name that other users see."""
        return self.name or self.email


class Role(models.TextChoices):
    """The role of a member. Each role includes the roles before it."""

    VIEWER = "viewer"
    ACCOUNTANT = "accountant"
    MEMBER = "member"
    OWNER = "owner"


class Membership(models.Model):
    """A user's role in a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="one_role_per_company")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.company_id}"


class Invitation(models.Model):
    """An invitation to a company, sent by email. Only a digest of the link's secret is stored."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("company", Lower("email"), name="one_invitation_per_email")]

    def __str__(self) -> str:
        return f"invitation to {self.company_id}"


class ApiToken(models.Model):
    """A token that gives a program access to one company through the HTTP API. Only its digest is stored."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    beginning = models.CharField(max_length=12)
    """The first characters, so that users can tell tokens apart."""
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    """The token is not valid from this time on; None = valid until it is revoked."""

    @property
    def last_day(self) -> date | None:
        """The last day on which the token is valid."""
        return (self.expires_at - timedelta(seconds=1)).astimezone(OSLO).date() if self.expires_at else None

    def __str__(self) -> str:
        return f"token {self.beginning}… of {self.company_id}"


class IdempotentAnswer(models.Model):
    """The stored answer to a request with an Idempotency-Key, returned again instead of repeating the request."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    """The digest of the request."""
    began_at = models.DateTimeField(db_index=True)
    answer = models.JSONField(null=True)
    """None = in progress."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"answer to a request with token {self.token_id}"
