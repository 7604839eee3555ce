"""Accrued income by month and project."""
