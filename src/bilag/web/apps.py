"""The Django app: pages, their templates and tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """What a person sees."""

    name = "bilag.web"
    label = "web"
