"""`bilag reconcile` as it is typed."""

import csv
import json
from pathlib import Path

from tests.support.commands import Bilag


def test_a_month_is_compared_written_and_what_is_missing_sent(bilag: Bilag, tmp_path: Path) -> None:
    slug = "fjell"
    [number] = bilag.finalise(1)
    day = str(bilag.ask("moment", "GET", f"/admin/invoices/{number}")["issueDate"]) if False else None
    period = ("--from", day or "2020-01-01", "--to", "2030-12-31")
    refused = bilag.typed("reconcile", slug, *period)
    assert refused.returncode == 2
    assert "the period is longer than ten years" in refused.stderr
    period = ("--from", "2025-01-01", "--to", "2030-12-31")
    file = tmp_path / "all.csv"
    done = bilag.typed("reconcile", slug, *period, "--csv", str(file), "--xlsx", str(tmp_path / "all.xlsx"), "--json")
    document = json.loads(done.stdout)
    mine = [one for one in document["explained"] if str(one["number"]) == number]
    assert mine
    assert mine[0]["reason"] == "before_invoices_from"
    assert {"matched", "missing", "differing", "duplicate", "unknown"} <= set(document)
    wrong = any(document[name] for name in ("missing", "differing", "duplicate", "unknown"))
    assert done.returncode == int(wrong)
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert number in [row[0] for row in rows]
    assert (tmp_path / "all.xlsx").read_bytes()[:2] == b"PK"
    table = bilag.typed("reconcile", slug, *period)
    assert "matched, " in table.stderr
    assert "Totals incl. VAT" in table.stdout


def test_what_is_no_period_is_refused_in_words(bilag: Bilag) -> None:
    for arguments, words in (
        ((), "give a period: --month 2026-10, or --from"),
        (("--month", "9999-12"), "give a period between 1900 and 2999"),
        (("--month", "0001-01"), "give a period between 1900 and 2999"),
        (("--month", "2026-13"), "'2026-13' is not a month. Give a month such as 2026-11"),
        (("--month", "2026-10", "--from", "2026-10-01"), "give either --month, or --from and --to"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), "--to 2026-10-01 is before --from 2026-10-02"),
        (("--from", "yesterday"), "'yesterday' is not a date"),
        (("--month", "2026-10", "--csv", "/no/such/folder/x.csv"), "the folder /no/such/folder does not exist"),
    ):
        done = bilag.typed("reconcile", "fjell", *arguments)
        assert done.returncode == 2, arguments
        assert words in " ".join(done.stderr.split()), arguments
