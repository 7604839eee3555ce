"""Attempts are partitioned by month and their JSON is packed; a transfer counts its attempts, and knows what it credits."""

import json
from typing import Any

from django.db import migrations, models

from bilag.transfers.packed_json import PackedJsonField, pack

BATCH = 500
COUNT = """
update transfers_transfer transfer set attempt_count = counted.count
from (select transfer_id, count(*) from transfers_attempt group by transfer_id) counted where counted.transfer_id = transfer.id;
update transfers_transfer transfer set credited_number = (read.source ->> 'credited_number')::bigint
from (
    select distinct on (transfer_id) transfer_id, source from transfers_attempt where source is not null order by transfer_id, id desc
) read
where read.transfer_id = transfer.id and transfer.kind = 'invoice' and read.source ->> 'credited_number' ~ '^[0-9]{1,18}$';
set constraints all immediate;
"""
PARTITION = """
alter table transfers_attempt rename to transfers_attempt_before;
alter table transfers_attempt_before alter column id drop identity if exists;
drop index attempt_of_transfer, attempt_of_company, attempt_gone_wrong;
create sequence transfers_attempt_id_seq;
create table transfers_attempt (
    id bigint not null default nextval('transfers_attempt_id_seq'),
    began_at timestamptz not null,
    ended_at timestamptz,
    verdict varchar(30),
    setup_version integer not null,
    cause varchar(300) not null,
    source_hash varchar(64),
    source bytea,
    exchanges bytea not null,
    problems jsonb not null,
    voucher_number bigint,
    journal_number bigint,
    company_id bigint not null
        constraint attempt_company_fk references companies_company (id) deferrable initially deferred,
    transfer_id bigint not null
        constraint attempt_transfer_fk references transfers_transfer (id) deferrable initially deferred,
    ledger_id bigint constraint attempt_ledger_fk references companies_ledger (id) deferrable initially deferred,
    plan bytea
) partition by range (began_at);
-- An index and no constraint: pg_restore --clean fails at the constraints of partitions.
create unique index transfers_attempt_key on transfers_attempt (id, began_at);
alter sequence transfers_attempt_id_seq owned by transfers_attempt.id;
-- What is packed is not compressed again.
alter table transfers_attempt alter column source set storage external, alter column exchanges set storage external,
    alter column plan set storage external;
create index attempt_of_transfer on transfers_attempt (transfer_id, id desc);
create index attempt_of_company on transfers_attempt (company_id, began_at desc);
create index attempt_gone_wrong on transfers_attempt (company_id, began_at desc, id desc)
    where not (verdict in ('done', 'unchanged', 'skipped', 'created') and verdict is not null) and verdict is not null;
create trigger kept before delete on transfers_attempt for each row execute function bilag_keep();
create trigger kept_whole before truncate on transfers_attempt for each statement execute function bilag_keep();
create trigger kept_once_ended before update on transfers_attempt for each row execute function bilag_keep_attempt();
create table transfers_attempt_other partition of transfers_attempt default;
create trigger kept_whole before truncate on transfers_attempt_other for each statement execute function bilag_keep();

-- Both run as the owner of the tables: Bilag may be another role, which cannot touch the triggers (docs/control-trail.md).
create function bilag_add_attempt_month(month date) returns void
language plpgsql security definer set search_path from current as $$
declare
    name text := 'transfers_attempt_' || to_char(month, 'YYYY_MM');
    low timestamptz := month::timestamp at time zone 'Europe/Oslo';
    high timestamptz := (month + interval '1 month')::timestamp at time zone 'Europe/Oslo';
begin
    if extract(day from month) <> 1 then
        raise exception using errcode = 'invalid_parameter_value', message = month || ' is not the first day of a month';
    end if;
    lock table transfers_attempt_other in access exclusive mode;
    execute format('create table %I (like transfers_attempt including defaults including storage)', name);
    -- What has no month yet moves to its own. Only here do rows of the control trail leave a table that keeps them.
    if exists (select 1 from transfers_attempt_other where began_at >= low and began_at < high) then
        execute format('insert into %I select * from transfers_attempt_other where began_at >= %L and began_at < %L', name, low, high);
        alter table transfers_attempt_other disable trigger kept;
        delete from transfers_attempt_other where began_at >= low and began_at < high;
        alter table transfers_attempt_other enable trigger kept;
    end if;
    execute format('alter table transfers_attempt attach partition %I for values from (%L) to (%L)', name, low, high);
    execute format(
        'create trigger kept_whole before truncate on %I for each statement execute function bilag_keep()', name);
end $$;

create function bilag_drop_attempt_month(month date) returns table (company bigint, attempts bigint)
language plpgsql security definer set search_path from current as $$
declare
    name text := 'transfers_attempt_' || to_char(month, 'YYYY_MM');
    has_open boolean;
begin
    -- No company may keep its control trail for less than five years.
    if month + interval '1 month' > pg_catalog.now() - interval '5 years' then
        raise exception using errcode = 'restrict_violation', message =
            'attempts of ' || to_char(month, 'YYYY-MM') || ' are the control trail: they are kept for five years';
    end if;
    execute format('lock table %I in share mode', name);
    execute format('select exists (select 1 from %I where ended_at is null)', name) into has_open;
    if has_open then
        raise exception using errcode = 'object_in_use', message = 'an attempt of ' || to_char(month, 'YYYY-MM') || ' has not ended';
    end if;
    return query execute format('select company_id, count(*) from %I group by company_id', name);
    execute format('drop table %I', name);
end $$;

select bilag_add_attempt_month(month::date) from generate_series(
    least(
        date_trunc('month', now() at time zone 'Europe/Oslo'),
        (select date_trunc('month', min(began_at) at time zone 'Europe/Oslo') from transfers_attempt_before)
    ),
    date_trunc('month', now() at time zone 'Europe/Oslo') + interval '2 months',
    interval '1 month'
) month;
"""
KEPT = (
    *("id", "began_at", "ended_at", "verdict", "setup_version", "cause", "source_hash", "problems", "voucher_number"),
    *("journal_number", "company_id", "transfer_id", "ledger_id"),
)
PACKED = ("source", "exchanges", "plan")


def copy_attempts(_apps: Any, schema_editor: Any) -> None:
    """Copy the attempts, in order of their ids, and pack their JSON."""
    read = ", ".join(f"{name}::text" for name in PACKED)
    insert = (
        f"insert into transfers_attempt ({', '.join(KEPT + PACKED)}) "  # noqa: S608 - names of columns
        f"select {', '.join(KEPT)}, %s, %s, %s from transfers_attempt_before where id = %s"
    )
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"select id, {read} from transfers_attempt_before where id > %s order by id limit {BATCH}",  # noqa: S608
                [last],
            )
            rows = cursor.fetchall()
            if not rows:
                break
            cursor.executemany(insert, [[*map(_packed, texts), pk] for pk, *texts in rows])
            last = rows[-1][0]
        cursor.execute(
            "select setval('transfers_attempt_id_seq', greatest(%s, 1), %s); set constraints all immediate; "
            "drop table transfers_attempt_before",
            [last, last > 0],
        )


def _packed(text: str | None) -> bytes | None:
    return None if text is None else pack(json.loads(text))


class Migration(migrations.Migration):
    dependencies = [("transfers", "0006_documents")]

    operations = [
        migrations.AddField("transfer", "attempt_count", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("transfer", "credited_number", models.BigIntegerField(null=True)),
        migrations.RunSQL(COUNT),
        migrations.RunSQL(
            PARTITION,
            state_operations=[
                migrations.AlterField("attempt", "source", PackedJsonField(null=True)),
                migrations.AlterField("attempt", "exchanges", PackedJsonField(default=list)),
                migrations.AlterField("attempt", "plan", PackedJsonField(null=True)),
            ],
        ),
        migrations.RunPython(copy_attempts),
    ]
