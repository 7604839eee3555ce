from django.db import migrations

KEEP = """
create or replace function bilag_keep() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if current_setting('bilag.removing', true) = old.company_id::text then return old; end if;
    end if;
    raise exception using errcode = 'restrict_violation', message =
        'rows of ' || tg_table_name || ' are the control trail: they are never changed, and removed by retention and '
        || 'by bilag company purge only';
end $$;
"""


class Migration(migrations.Migration):
    """No word opens the control trail of all companies at once, and none lets a table of it be emptied."""

    dependencies = [("companies", "0004_allowance")]
    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
