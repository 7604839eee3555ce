"""Runs of the simulation on the test run's own PostgreSQL."""

from collections.abc import Callable

Held = Callable[..., None]
