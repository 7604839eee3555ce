"""The sandbox of the hub, used as a third-party program uses it."""
