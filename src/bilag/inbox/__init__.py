"""Everything that needs a person, one row for each cause, and what the members do about it."""
