"""`bilag audit`, `audit-verify`, `company export` and `company purge` as they are typed."""

import json
from pathlib import Path

from tests.support.commands import Bilag


def test_a_trail_is_written_verified_and_tampering_told(bilag: Bilag, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    done = bilag.typed("audit", "fjell", "--from", "2020-01-01", "--to", "2099-01-01", "--out", str(file))
    assert done.returncode == 0, done.stderr
    assert f"Verify the file with: bilag audit-verify {file}" in " ".join(done.stderr.split())
    whole = bilag.typed("audit-verify", str(file), "--json")
    assert (whole.returncode, json.loads(whole.stdout)["whole"]) == (0, True)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([lines[0], *lines[2:]]))
    broken = bilag.typed("audit-verify", str(file))
    assert broken.returncode == 1
    assert "was changed after it was written. Line 2: its number is 2 instead of 1" in " ".join(broken.stderr.split())
    missing = bilag.typed("audit-verify", str(tmp_path / "none"))
    assert (missing.returncode, "Cannot read" in missing.stderr) == (2, True)
    backwards = bilag.typed("audit", "fjell", "--from", "2026-02-01", "--to", "2026-01-01")
    assert (backwards.returncode, "is before --from" in backwards.stderr) == (2, True)


def test_a_company_is_taken_along_and_taken_away(bilag: Bilag, tmp_path: Path) -> None:
    slug = "leaving"
    file = bilag.company_file(slug, **{"4021": "4023"})
    assert bilag.typed("company", "apply", str(file)).returncode in (0, 1)
    taken = bilag.typed("company", "export", slug, "--out", str(tmp_path / "all.zip"), "--json")
    assert taken.returncode == 0, taken.stderr
    assert (tmp_path / "all.zip").read_bytes()[:2] == b"PK"
    unsure = bilag.typed("company", "purge", slug)
    assert (unsure.returncode, f"bilag company purge {slug} --yes {slug}" in unsure.stderr) == (2, True)
    live = bilag.typed("company", "purge", slug, "--yes", slug)
    if live.returncode:
        assert "is switched on" in live.stderr
        file.write_text(file.read_text().replace("[moment]", "live = false\n[moment]", 1))
        bilag.typed("company", "apply", str(file))
        live = bilag.typed("company", "purge", slug, "--yes", slug)
    assert live.returncode == 0, live.stderr
    assert bilag.typed("company", "show", slug).returncode == 2
