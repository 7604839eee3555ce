"""A company with very many transfers, written by the database itself. Run in the operator's process, after Django is ready."""

from typing import Any

NUMBERED = {
    "kind": "case when mod(n, 20) = 0 then 'customer' when mod(n, 20) = 1 then 'project' else 'invoice' end",
    "number": "n::text",
    "state": "case when mod(n, 5000) = 7 then 'needs_attention' when mod(n, 100) = 3 then 'skipped' else 'done' end",
    "problems": """case when mod(n, 5000) = 7 then '[{"code": "account_inactive", "subject": "line 1",
        "facts": {"account": "3000"}, "said": null}]'::jsonb else '[]'::jsonb end""",
    "reason": "case when mod(n, 100) = 3 then 'switch_off' end",
    "hinted_at": "now() - (n || ' minutes')::interval",
    "total": "mod(n, 100000) + 0.25",
    "currency": "'NOK'",
    "customer_number": "(10000 + mod(n, 400))::text",
    "name": "'Nordlys Arkitekter ' || mod(n, 700000) || ' AS'",
    "voucher_number": "n",
    "journal_number": "n",
    "done_at": "now() - (n || ' minutes')::interval",
}
"""What differs from row to row, as SQL of the row's number `n`; every other column is as the model makes it."""
TRIED = {
    "transfer_id": "r.id",
    "began_at": "r.hinted_at",
    "ended_at": "r.hinted_at",
    "verdict": "case when r.state = 'needs_attention' then 'refused' else 'done' end",
    "problems": "r.problems",
}


def fill(company_id: int, first: int, last: int) -> None:
    """Write transfers with the numbers from `first` to `last`, and an attempt of each."""
    # Imported here, because models need Django to be ready.
    from django.db import connection
    from django.utils import timezone

    from bilag.companies import store
    from bilag.transfers.models import Attempt, Kind, State, Transfer, Verdict

    setup, now = store.load_setup(company_id), timezone.now()
    # The pattern stays: what was tried is never removed.
    transfer = Transfer.objects.create(
        company_id=company_id,
        source_id=setup.source_id,
        kind=Kind.INVOICE,
        number=f"pattern {first}",
        state=State.DONE,
        hinted_at=now,
        done_at=now,
    )
    attempt = Attempt.objects.create(
        transfer=transfer, company_id=company_id, began_at=now, ended_at=now, verdict=Verdict.DONE, setup_version=1
    )
    with connection.cursor() as cursor:
        columns, values = _columns(Transfer, NUMBERED)
        cursor.execute(
            f"insert into transfers_transfer ({columns}) select {values} from transfers_transfer t, "
            "generate_series(%s, %s) n where t.id = %s",
            [first, last, transfer.pk],
        )
        columns, values = _columns(Attempt, TRIED)
        cursor.execute(
            f"insert into transfers_attempt ({columns}) select {values} from transfers_attempt t, transfers_transfer r "
            "where t.id = %s and r.company_id = %s and r.id > %s and r.number ~ '^[0-9]+$' "
            "and r.number::bigint between %s and %s",
            [attempt.pk, company_id, transfer.pk, first, last],
        )
        cursor.execute("vacuum analyze transfers_transfer, transfers_attempt")


def _columns(model: Any, changed: dict[str, str]) -> tuple[str, str]:
    """The model's columns, and for each the SQL of its value: changed, or that of the pattern row `t`.

    From the model, so that a column that it gains is filled too.
    """
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    return ", ".join(names), ", ".join(changed.get(name, f"t.{name}") for name in names)
