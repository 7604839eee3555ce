"""The pages of what needs attention: one row for each cause, a page for each, and what members do about it."""
