"""The pages of reconciliation: the months, the findings of one, and the print version with the sign-off."""
