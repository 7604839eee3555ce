"""The destinations: accounting systems that vouchers are posted in, one folder each. Nothing here knows Django."""
