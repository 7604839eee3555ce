"""PowerOffice Go: a Norwegian accounting system, reached over its own published API, version 2."""
