"""The page of accrued income: amounts by month and project, entered in a form or imported from a file."""
