"""Invoices, charts and a ledger for the posting rules."""
