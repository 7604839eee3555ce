"""The page after a restored backup: what accounting knows and Bilag does not, and the button that takes it in."""
