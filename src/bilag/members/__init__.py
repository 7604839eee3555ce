"""Who may do what: people, their roles in companies, invitations, and tokens of the HTTP API."""
