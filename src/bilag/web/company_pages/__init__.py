"""A company: its members, tokens and webhook address."""
