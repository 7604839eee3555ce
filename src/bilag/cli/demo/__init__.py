"""`bilag demo`: starts the stand-in servers and Bilag, posts sample invoices and checks the promise."""
