"""The destinations: accounting systems that vouchers are posted in, one folder each. Knows nothing of Django."""
