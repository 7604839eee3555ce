"""The overview of a company: its status, key figures and what needs attention."""
