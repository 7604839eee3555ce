"""A year of an invented architects' firm, Fjell Arkitekter AS, as Moment would return it.

`architects_year(last_day, seed)` returns the same `Sample` for the same arguments, byte for byte: independent of clock,
set order and time zone. Objects are dicts in the form of Moment's JSON, money as Decimal.
"""

from bilag_sandbox.sample.sums import kid_of, line_net, line_vat, rounded, sums_of
from bilag_sandbox.sample.times import norwegian
from bilag_sandbox.sample.year import CREDIT_KINDS, INVOICES, Sample, architects_year

__all__ = [
    "CREDIT_KINDS",
    "INVOICES",
    "Sample",
    "architects_year",
    "kid_of",
    "line_net",
    "line_vat",
    "norwegian",
    "rounded",
    "sums_of",
]
