"""The Integration setup, its check, and trying it before anything is sent."""
