"""Rehearse: plan a past period's invoices as Bilag would have posted them, compare with the journal, and propose a setup.

Nothing is sent: accounting and Moment are only read (`read_only`).
"""
