"""Transfers: each customer, project and invoice of Moment, and its state in accounting."""
