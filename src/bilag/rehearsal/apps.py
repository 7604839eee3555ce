"""The Django app."""

from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    """Rehearsals, what they found of each invoice, and sign-offs."""

    name = "bilag.rehearsal"
    label = "rehearsal"
