"""Developer commands: `python -m tools.NAME`. Not part of the product."""
