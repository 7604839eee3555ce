"""People are told by e-mail: one letter for each cause that stops something, a summary each morning, and when all is well."""
