"""The log of what happened to a company, and who is told."""
