"""Reconciliation: months, what was found, the sheet that an accountant signs."""
