"""The log of a company: its events, attempts and setup changes."""
