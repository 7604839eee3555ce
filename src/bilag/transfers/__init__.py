"""Out: each customer, project and invoice of Moment, and where it stands in accounting."""
