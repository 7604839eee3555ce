"""The Django app."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """The control trail's jobs; its rows are attempts, setup changes and events."""

    name = "bilag.trail"
    label = "trail"
