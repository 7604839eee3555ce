"""The pages of expenses: the list, one posted line, the import history and the actions."""
