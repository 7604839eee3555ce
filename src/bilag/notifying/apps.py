"""The Django app: jobs only, its rows are those of `bilag.notices`."""

from django.apps import AppConfig


class NotifyingConfig(AppConfig):
    """Letters."""

    name = "bilag.notifying"
    label = "notifying"
