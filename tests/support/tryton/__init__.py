"""Tryton: an installed server, the company in it, the people who work there, and a proxy that breaks requests."""
