"""A command that comes while another process does the same for the company waits for it, and then does its work."""

import subprocess

import psycopg
import pytest

from tests.cli.test_expenses import switch_on
from tests.support.commands import BILAG, Bilag
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.service
TAKE = """
insert into jobs_lease (name, generation, holder, expires_at)
select %s || ' ' || id, nextval('jobs_lease_generation'), 'another', now() + interval '1 day'
from companies_company where slug = 'fjell'
"""
MONTH = ("--from", "2026-02-01", "--to", "2026-02-28")


@pytest.mark.parametrize(
    ("subject", "named", "arguments"),
    [
        ("expenses", "An import", ["expenses", "import", "fjell"]),
        ("reconciliation", "A reconciliation", ["reconcile", "fjell", *MONTH]),
        ("rehearsal", "A rehearsal", ["rehearse", "fjell", *MONTH]),
    ],
    ids=["expenses import", "reconcile", "rehearse"],
)
def test_a_command_waits_for_its_turn(bilag: Bilag, subject: str, named: str, arguments: list[str]) -> None:
    switch_on(bilag)
    with psycopg.connect(host=str(bilag.home / "postgres"), user="postgres", autocommit=True) as database:
        database.execute("delete from jobs_lease where name like %s", [f"{subject} %"])
        assert database.execute(TAKE, [subject]).rowcount == 1
        with subprocess.Popen(
            [str(BILAG), *arguments], env=bilag.environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            first = process.stderr.readline()
            database.execute("delete from jobs_lease where holder = 'another'")
            out, err = process.communicate(timeout=PATIENCE)
    assert first == f"{named} of fjell is already running. Yours starts when it is finished.\n"
    assert process.returncode in (0, 1), err  # 1: it ran, and something needs attention
    assert "Traceback" not in err
    assert out + err.strip(), "it says what it found"


def test_one_that_waits_says_so_once(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever takes the lease meanwhile, and however often."""
    from bilag.cli.waiting import in_turn
    from bilag.jobs.lease import Busy

    answers = iter([Busy("expenses 1"), Busy("expenses 1"), Busy("expenses 1"), None])

    def run() -> str:
        if (busy := next(answers)) is not None:
            raise busy
        return "done"

    assert in_turn("An import of fjell", run) == "done"
    assert capsys.readouterr().err == "An import of fjell is already running. Yours starts when it is finished.\n"
