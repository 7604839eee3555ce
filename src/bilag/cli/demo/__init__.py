"""`bilag demo`: start the stand-in servers and Bilag, post sample invoices, and verify the result."""
