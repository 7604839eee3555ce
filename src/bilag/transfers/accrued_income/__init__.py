"""Accrued income: the amounts that a person gives by project and month, and the file that holds them."""
