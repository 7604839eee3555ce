"""The HTTP API: a company's setup and transfers for programs, each with its own token."""
