"""Companies, their Integration setup, and their secrets."""
