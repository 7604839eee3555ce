"""Notifications by email: one when a problem is new, a summary each morning, and one when everything is resolved."""
