"""The page after a restored backup: what accounting has and Bilag lacks, and the button that recovers it."""
