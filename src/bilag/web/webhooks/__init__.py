"""Moment's webhooks: stored, answered, and worked on later. They go past Django's middleware, and are committed together."""
