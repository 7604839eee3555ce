"""Who it is for: companies, their Integration setup, and their secrets."""
