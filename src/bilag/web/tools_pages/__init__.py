"""The page Tools: transfer by number, check Moment now, and export posted vouchers."""
