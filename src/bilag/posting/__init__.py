"""The rules by which an invoice becomes a voucher: pure functions over frozen data, nothing but the standard library."""
