"""The inbox: everything that needs a person, one row for each cause, and what members do about it."""
