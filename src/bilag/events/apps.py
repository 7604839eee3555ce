"""The Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events."""

    name = "bilag.events"
    label = "events"
