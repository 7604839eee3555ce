"""The page of the accounting systems: what each carries, and how that was proved."""
