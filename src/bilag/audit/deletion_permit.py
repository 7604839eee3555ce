"""Permit the deletion of one company's control trail within one transaction; the triggers refuse every other deletion."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def removing(company_id: int) -> Iterator[None]:
    """Permit deleting rows of the company's control trail in this transaction. Changing them stays forbidden."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('bilag.removing', %s, true)", [str(company_id)])
        yield
        with connection.cursor() as cursor:
            cursor.execute("select set_config('bilag.removing', '', true)")
