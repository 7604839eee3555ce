"""The list of transfers and the page of one."""
