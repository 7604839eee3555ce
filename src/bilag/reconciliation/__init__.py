"""Compare every finalised invoice of a period with the journal, explain the differences, and keep sign-offs."""
