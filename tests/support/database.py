"""The database of a test run: emptied after each test."""

from django.core.cache import caches
from django.db import connection

EMPTY = """
do $$
declare
    one record;
begin
    perform set_config('session_replication_role', 'replica', true);  -- no trigger keeps the control trail
    for one in
        select relid, schemaname, relname from pg_statio_user_tables
        where schemaname = 'public' and relname not in ('django_migrations', 'django_content_type')
    loop
        -- A truncate makes new files and takes twenty times as long as a delete of a few rows.
        if pg_relation_size(one.relid) > 1000000 then
            execute format('truncate %I cascade', one.relname);
        else
            execute format('delete from %I', one.relname);
        end if;
    end loop;
    for one in
        select format('%I.%I', schemaname, sequencename) as name, start_value from pg_sequences
        where schemaname = 'public' and last_value is not null
    loop
        perform setval(one.name, one.start_value, false);
    end loop;
end $$
"""


def empty() -> None:
    """Remove what was written, let each table count from 1 again, and forget what this process remembers of them."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    connection.close()
    caches["process"].clear()


def wait_for_waiting_session() -> None:
    """Return when another session waits for what a transaction holds."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select exists (select 1 from pg_locks where not granted)")
            if cursor.fetchone() == (True,):
                return
