"""Accrued income: the amounts that a person enters by project and month, and the file format for them."""
