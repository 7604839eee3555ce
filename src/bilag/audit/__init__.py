"""The control trail: exported with a hash chain, verified, kept for years, exported and removed with its company."""
