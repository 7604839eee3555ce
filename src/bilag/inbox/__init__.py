"""The inbox: everything that needs attention, one row for each cause, and what members do about it."""
