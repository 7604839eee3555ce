from django.db import migrations

KEEP = """
create function bilag_keep_attempt() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null then
        raise exception using errcode = 'restrict_violation', message =
            'attempt ' || old.id || ' has ended: it is the control trail and is never changed';
    end if;
    if (new.id, new.transfer_id, new.company_id, new.began_at, new.setup_version, new.cause, new.source_hash, new.source)
        is distinct from
       (old.id, old.transfer_id, old.company_id, old.began_at, old.setup_version, old.cause, old.source_hash, old.source)
    then
        raise exception using errcode = 'restrict_violation', message =
            'attempt ' || old.id || ' is under way: it can be ended, and nothing else of it changed';
    end if;
    return new;
end $$;
create trigger kept before delete on transfers_attempt for each row execute function bilag_keep();
create trigger kept_whole before truncate on transfers_attempt for each statement execute function bilag_keep();
create trigger kept_once_ended before update on transfers_attempt for each row execute function bilag_keep_attempt();
"""
UNDO = """
drop trigger kept on transfers_attempt; drop trigger kept_whole on transfers_attempt;
drop trigger kept_once_ended on transfers_attempt; drop function bilag_keep_attempt();
"""


class Migration(migrations.Migration):
    """An attempt is ended once; then it is never changed nor removed."""

    dependencies = [("transfers", "0006_cause"), ("companies", "0003_kept")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
