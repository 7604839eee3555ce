"""The Django app."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Reconciliations, what they found, and sign-offs."""

    name = "bilag.reconciliation"
    label = "reconciliation"
