"""The Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The event log of a company."""

    name = "bilag.events"
    label = "events"
