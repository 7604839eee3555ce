"""Rows of transfers that no worker made."""

from typing import Any


def source_of(company_id: int) -> int:
    """The company's present source."""
    from bilag.companies import store

    return store.source_of(company_id)


def store_transfer(company_id: int, **fields: Any) -> Any:
    """Store a transfer of the company's present Moment, and return it."""
    from bilag.transfers.models import Transfer

    return Transfer.objects.create(company_id=company_id, source_id=source_of(company_id), **fields)
