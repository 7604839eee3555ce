"""The Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Events."""

    name = "bilag.notices"
    label = "notices"
