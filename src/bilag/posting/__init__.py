"""Turn an invoice into a voucher: pure functions over frozen dataclasses, standard library only."""
