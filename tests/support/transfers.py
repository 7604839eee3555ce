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


def begun_try(transfer_id: int) -> Any:
    """A try of the transfer as a worker begins it, held open for the test to end."""
    from bilag.jobs.lease import held
    from bilag.transfers.delivery import runner, statements

    with held("transfer", transfer_id, query=statements.query_of(transfer_id)) as lease:
        return runner._take(statements.taken(lease), False, None)
