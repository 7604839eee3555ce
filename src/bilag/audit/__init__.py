"""The control trail: exported with a hash chain, verified, kept for years, and taken away with its company."""
