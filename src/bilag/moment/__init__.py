"""The source: Moment's wire, its client and its webhooks. Knows nothing of Django."""
