"""Every finalised invoice of a period against the journal: what agrees, what does not, and who signed for it."""
