"""The Django app."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Reconciliations, findings and sign-offs."""

    name = "bilag.reconciliation"
    label = "reconciliation"
