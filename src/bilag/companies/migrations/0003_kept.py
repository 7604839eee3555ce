from django.db import migrations

KEEP = """
create function bilag_keep() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        if current_setting('bilag.removing', true) = 'all' then return null; end if;
    elsif tg_op = 'DELETE' then
        if current_setting('bilag.removing', true) in (old.company_id::text, 'all') then return old; end if;
    end if;
    raise exception using errcode = 'restrict_violation', message =
        'rows of ' || tg_table_name || ' are the control trail: they are never changed, and removed by retention and '
        || 'by bilag company purge only';
end $$;
"""
TRIGGERS = """
create trigger kept before update or delete on {table} for each row execute function bilag_keep();
create trigger kept_whole before truncate on {table} for each statement execute function bilag_keep();
"""
UNDO = "drop trigger kept on {table}; drop trigger kept_whole on {table};"


class Migration(migrations.Migration):
    """A change of the setup is never changed nor removed, by whoever it may be: the database itself sees to it."""

    dependencies = [("companies", "0002_company_last_hint_at")]
    operations = [
        migrations.RunSQL(KEEP, "drop function bilag_keep()"),
        migrations.RunSQL(TRIGGERS.format(table="companies_setupchange"), UNDO.format(table="companies_setupchange")),
    ]
