"""The `bilag` command."""
