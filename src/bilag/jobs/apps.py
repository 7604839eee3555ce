"""The Django app of jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Leases, and the keys that the database knows."""

    name = "bilag.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
