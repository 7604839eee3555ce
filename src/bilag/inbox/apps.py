"""The Django app."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """What needs attention, by cause, and who handles it."""

    name = "bilag.inbox"
    label = "inbox"
