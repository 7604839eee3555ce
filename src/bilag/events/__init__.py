"""The event log of a company."""
