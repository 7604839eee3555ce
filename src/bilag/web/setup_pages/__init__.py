"""The pages of the Integration setup: the form, the connection check, the preview and the comparison."""
