"""Every table and message of the commands, run in this process on a company with a few days behind it."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bilag.cli.main import app
from tests.support.lived_in import foreign_texts, live_through_a_month
from tests.support.wording import TYPED, findings
from tests.support.world import World

Run = Callable[..., str]


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    """Run a command, and return what it prints for a person."""
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    runner = CliRunner()

    def run(*arguments: str, status: int | None = None, statuses: tuple[int, ...] = (), columns: str = "1000") -> str:
        done = runner.invoke(app, [*arguments], env={"COLUMNS": columns})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        allowed = (status,) if status is not None else statuses
        assert not allowed or done.exit_code in allowed, f"{arguments}: {done.exit_code}\n{done.output}"
        return done.output

    yield run
    logging.getLogger().handlers = handlers
    logging.getLogger().setLevel(level)


def wrong_in(text: str, allowed: str) -> list[str]:
    return list(findings(text, "en", allowed=rf"{TYPED}|{allowed}" if allowed else TYPED))


def test_tables_and_messages(world: World, run: Run, tmp_path: Path) -> None:
    from bilag.transfers.models import Transfer

    live_through_a_month(world)
    allowed = rf"{foreign_texts(world)}|{tmp_path}/\S+|http://\S+|bilag_\w+|\S+@\S+|Utlegg|\d{{3}} +\d+ +[\[{{][^\n]*"
    allowed += r"|(?:dimensions|expenses|rounding|platform|numbers|texts)\.[a-z_]+"  # what --accept takes
    done, stopped = (
        Transfer.objects.filter(kind="invoice", state=state).first() for state in ("done", "needs_attention")
    )
    assert done is not None
    assert stopped is not None
    (tmp_path / "amounts.csv").write_text(f"project;amount\n{world.any_project()['projectNumber']};13000\n")
    printed = [
        run("status", "fjell", status=1),
        run("status", status=1),
        run("transfers", "fjell", status=0),
        run("transfers", "fjell", "--limit", "1", status=0),
        run("show", "fjell", "invoice", done.number, status=0),
        run("show", "fjell", "invoice", stopped.number, status=0),
        run("preview", "fjell", done.number, stopped.number, "9999999", status=1),
        run("retry", "fjell", "invoice", stopped.number, status=0),
        run("poll", "fjell", status=0),
        run("rehearse", "fjell", "--from", "2026-11-01", "--to", "2026-11-30", status=1),
        run("transfer", "fjell", "invoices", done.number, status=0),
        run("reconcile", "fjell", "--month", "2026-11", "--csv", str(tmp_path / "november.csv")),
        run("expenses", "import", "fjell"),
        run("expenses", "list", "fjell", status=0),
        run("expenses", "list", "fjell", "--reason", "project-unknown", status=0),
        run("accruals", "list", "fjell", status=0),
        run("accruals", "post", "fjell", "--month", "2026-10", "--dry-run", str(tmp_path / "amounts.csv"), status=0),
        run("company", "list", status=0),
        run("company", "show", "fjell", status=0),
        run("company", "check", "fjell"),
        run("user", "add", "kari@fjell.example", "--company", "fjell", "--role", "owner", status=0),
        run("user", "list", status=0),
        run("token", "add", "fjell", "--name", "Power BI", "--last-day", "2099-01-01", status=0),
        run("token", "list", "fjell", status=0),
        run("token", "revoke", "fjell", "1", status=0),
        run("keys", "list", status=0),
        run("keys", "rotate", status=0),
        run(
            "audit",
            "fjell",
            "--from",
            "2020-01-01",
            "--to",
            "2099-12-31",
            "--out",
            str(tmp_path / "trail.jsonl"),
            status=0,
        ),
        run("audit-verify", str(tmp_path / "trail.jsonl"), status=0),
        run(
            "export",
            "csv",
            "fjell",
            "--from",
            "2026-10-01",
            "--to",
            "2026-11-30",
            "--out",
            str(tmp_path / "j.csv"),
            status=0,
        ),
        run("company", "export", "fjell", "--out", str(tmp_path / "fjell.zip"), status=0),
        run("company", "purge", "fjell", "--yes", "fjell", status=1),
    ]
    assert all(printed)
    wrong = [one for text in printed for one in wrong_in(text, allowed)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_refusals(world: World, run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("project;amount\n;many\n1;2,345\n")
    printed = [
        run("status", "nobody", status=2),
        run("transfers", "fjell", status=0),
        run("transfer", "fjell", "invoices", status=2),
        run("transfer", "fjell", "invoices", "abc", status=2),
        run("transfer", "fjell", "invoices", "--since", "yesterday", status=2),
        run("show", "fjell", "invoice", "9", status=1),
        run("show", "fjell", "letter", "9", status=2),
        run("retry", "fjell", status=2),
        run("retry", "fjell", "--all", status=0),
        run("retry", "fjell", "invoice", "9", status=1),
        run("preview", "fjell", "x", status=2),
        run("reconcile", "fjell", status=2),
        run("reconcile", "fjell", "--month", "november", status=2),
        run("reconcile", "fjell", "--from", "2026-02-01", "--to", "2026-01-01", status=2),
        run("export", "saft", "fjell", "--from", "2026-01-01", "--to", "2026-01-31", status=1),
        run("export", "csv", "fjell", "--from", "2026-01-01", "--to", "2026-01-31", status=1),
        run("expenses", "import", "fjell", status=1),
        run("accruals", "post", "fjell", "--month", "2026-10", str(bad), status=2),
        run("accruals", "post", "fjell", "--month", "october", str(bad), status=2),
        run("accruals", "list", "fjell", status=0),
        run("user", "add", "kari", "--operator", status=2),
        run("user", "add", "kari@fjell.example", status=2),
        run("user", "list", status=0),
        run("token", "list", "fjell", status=0),
        run("token", "revoke", "fjell", "9", status=1),
        run("audit-verify", str(bad), status=1),
        run("audit-verify", str(tmp_path / "nothing"), status=2),
        run("company", "purge", "fjell", status=2),
    ]
    wrong = [one for text in printed for one in wrong_in(text, rf"{tmp_path}/\S+")]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


AMOUNT = re.compile(r"\d{1,3}(?: \d{3})+\.\d{2}")


def test_tables_at_80_columns(world: World, run: Run) -> None:
    """Nothing is wider than the terminal but what is one word, and no amount is broken; a wider one shows the same, and more."""
    from bilag.transfers.models import Transfer

    live_through_a_month(world)
    done, stopped = (
        Transfer.objects.filter(kind="invoice", state=state).first() for state in ("done", "needs_attention")
    )
    assert done is not None
    assert stopped is not None
    commands = [
        ("transfers", "fjell", "--kind", "invoice"),
        ("show", "fjell", "invoice", stopped.number),
        ("preview", "fjell", done.number),
        ("expenses", "list", "fjell"),
        ("accruals", "list", "fjell"),
        ("company", "list"),
        ("company", "show", "fjell"),
        ("user", "list"),
        ("token", "list", "fjell"),
        ("keys", "list"),
        ("reconcile", "fjell", "--month", "2026-11"),
    ]
    for command in commands:
        wide, narrow = run(*command), run(*command, columns="80")
        tables = [line for line in narrow.splitlines() if line.startswith("    ") or "  " in line.strip()]
        too_wide = [line for line in tables if len(line) > 80 and max(map(len, line.split())) < 40]
        assert too_wide == [], command
        assert AMOUNT.findall(narrow) == AMOUNT.findall(wide), command
        assert "UTC" not in narrow
        assert not re.search(r"\d{4}-\d\d-\d\dT", narrow)
