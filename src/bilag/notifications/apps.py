"""The Django app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Open problems that people were notified of, and the emails to them."""

    name = "bilag.notifications"
    label = "notifications"
