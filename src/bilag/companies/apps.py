"""The Django app of companies."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Companies and their setup."""

    name = "bilag.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"
