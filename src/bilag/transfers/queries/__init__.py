"""Read transfers for pages, the API and commands."""
