"""The database backend of Bilag's settings: Django's for PostgreSQL, for a database that restarts and is migrated under load."""
