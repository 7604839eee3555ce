"""The Django app of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages, their templates and template tags."""

    name = "bilag.web"
    label = "web"
