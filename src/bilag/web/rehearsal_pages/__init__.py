"""The pages of rehearsals: start one, its result by cause, the proposals, and the print version with the sign-off."""
