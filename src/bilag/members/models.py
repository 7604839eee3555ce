"""The rows: a person signs in by e-mail and has a role in each of some companies; a program has a token."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from bilag.companies.models import Company


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is the name that they sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user. Without a password they choose one by the link of an invitation or of "forgotten password"."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_operator = models.BooleanField(default=False)
    """Runs this Bilag: sees and may do all for every company."""
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, blank=True)
    """Chosen on the page; empty = the browser's."""
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
        """What others see of the person."""
        return self.name or self.email


class Role(models.TextChoices):
    """What a member may do; each may do what those before it may."""

    VIEWER = "viewer"
    MEMBER = "member"
    OWNER = "owner"


class Membership(models.Model):
    """A person's role in a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="one_role_per_company")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.company_id}"


class Invitation(models.Model):
    """An invitation to a company, sent by e-mail. The link's secret is kept as a digest only."""

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
    """A program's key to one company through the HTTP API; kept as a digest, shown once."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    beginning = models.CharField(max_length=12)
    """The first characters, by which a person tells it from others."""
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token {self.beginning}… of {self.company_id}"


class IdempotentAnswer(models.Model):
    """What a request with an Idempotency-Key was answered, so that it is answered again and not done again."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    """Of the request."""
    began_at = models.DateTimeField(db_index=True)
    answer = models.JSONField(null=True)
    """None = under way."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"answer to a request with token {self.token_id}"
