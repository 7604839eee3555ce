"""Django's entry to this room."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """Transfers, attempts and the marks of the poll."""

    name = "bilag.transfers"
    label = "transfers"
    default_auto_field = "django.db.models.BigAutoField"
