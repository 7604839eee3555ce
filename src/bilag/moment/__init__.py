"""The source: Moment's API client and webhooks. Does not know Django."""
