"""How Bilag runs: Django's settings, the embedded PostgreSQL, the web server and the worker."""
