"""Expenses that come back: the list, one line, and what a person does with it."""
