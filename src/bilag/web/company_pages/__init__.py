"""The page Company: details, members, email, webhook address and API tokens."""
