"""The page of accrued income, by month and project."""
