"""The guided setup: one step a page, from the connection to Moment to the first posted invoice."""
