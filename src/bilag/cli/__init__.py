"""The `bilag` command: what an operator types."""
