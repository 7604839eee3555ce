"""Django's entry to this room."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Companies and their setup."""

    name = "bilag.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"
