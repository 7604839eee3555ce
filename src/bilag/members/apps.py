"""The Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Users and their roles."""

    name = "bilag.members"
    label = "members"
