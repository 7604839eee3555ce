"""Deliver one transfer: fetch it from Moment, post it exactly once, prove it, and commit the outcome."""
