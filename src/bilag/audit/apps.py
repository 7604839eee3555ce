"""The Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The control trail's task; its rows are attempts, setup changes and events."""

    name = "bilag.audit"
    label = "audit"
