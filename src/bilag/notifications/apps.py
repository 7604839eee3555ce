"""The Django app: jobs only, its rows are those of `bilag.events`."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Letters."""

    name = "bilag.notifications"
    label = "notifications"
