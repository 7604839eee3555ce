"""Everything that happened to a company."""
