"""The pages of transfers: the list, one transfer, and the actions."""
