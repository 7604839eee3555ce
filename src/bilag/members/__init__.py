"""Users, their roles in companies, invitations, and tokens for the HTTP API."""
