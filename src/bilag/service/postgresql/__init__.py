"""The database backend of Bilag's settings (`DATABASES`): Django's for PostgreSQL, with a pool that is over a restart at once."""
