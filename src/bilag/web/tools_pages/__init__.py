"""Transfer by number, and asking Moment now."""
