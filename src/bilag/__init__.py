"""Bilag: every invoice finalised in Moment ends in exactly one posted voucher, or in front of a person."""

__version__ = "0.1.0"
