"""The hand-written documentation agrees with the repository."""
