"""Everything of a company is taken along, and taken away."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from tests.support.people import People
from tests.support.world import World


def everything() -> dict[str, list[str]]:
    """Every row of every table as text."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select t::text from {table} t")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def of_company(company_id: int) -> dict[str, list[str]]:
    """Every row that names the company, by table."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns where column_name = 'company_id' and table_schema = 'public'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"select t::text from {table} t where company_id = %s order by 1", [company_id])
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def company(world: World) -> Any:
    from bilag.companies.models import Company

    return Company.objects.get(pk=world.company_id)


def test_all_of_it_is_taken_along_without_secrets(trail: World, tmp_path: Path) -> None:
    from bilag.audit.company_archive import export

    file = tmp_path / "fjell.zip"
    counts = export(company(trail), file)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["rows"] == counts
        attempts = archive.read("transfers-attempt.jsonl").decode().splitlines()
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert len(attempts) == counts["transfers-attempt"] > 2
    assert counts["companies-setupchange"] > 5
    for secret in (
        "example-moment-key",
        "example-password",
        company(trail).webhook_token,
        company(trail).webhook_digest,
    ):
        assert secret not in whole
    assert [one.name for one in tmp_path.iterdir()] == ["fjell.zip"]


def test_what_was_signed_for_is_taken_along_with_its_digest(trail: World, tmp_path: Path) -> None:
    from bilag.audit.company_archive import export
    from bilag.reconciliation.models import SignOff

    SignOff.objects.create(
        company=company(trail), month="2026-10-01", by="kari", at=timezone.now(), digest="d" * 64, counts={}, sums={}
    )
    export(company(trail), tmp_path / "fjell.zip")
    with zipfile.ZipFile(tmp_path / "fjell.zip") as archive:
        [signed] = archive.read("reconciliation-signoff.jsonl").decode().splitlines()
    assert json.loads(signed)["digest"] == "d" * 64


def test_every_model_of_a_company_is_among_them() -> None:
    from bilag.audit.company_archive import models_of_a_company

    known = {model._meta.label for model, _ in models_of_a_company()}
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith("bilag.")}
    assert ours - known == {
        "companies.Company",
        "companies.Allowance",
        "jobs.KnownKey",
        "jobs.KnownServer",
        "jobs.Lease",
        "members.User",
    }  # an account may be of many


def test_purged_company_leaves_nothing_and_others_stay_as_they_were(people: People) -> None:
    from bilag.audit.company_archive import StillLive, purge
    from bilag.companies import lifecycle
    from bilag.companies.models import Company

    world = people.world
    world.insert_invoice({})
    world.poll()
    world.work()
    world.insert_invoice({})
    world.poll()
    other = Company.objects.get(slug=people.other_slug)
    with pytest.raises(StillLive):
        purge(company(world))
    lifecycle.set_not_live(world.company_id)
    gone = company(world)
    before = of_company(other.pk)
    counts = purge(gone)
    assert counts["transfers-attempt"] > 2
    assert counts["jobs"] > 0
    left = everything()
    for table, rows in left.items():
        for row in rows:
            assert "fjell," not in row.replace("fjell.example", ""), (table, row)
            assert f'"company_id": {gone.pk}' not in row, (table, row)
    assert {table: rows for table, rows in of_company(gone.pk).items() if rows} == {}
    assert of_company(other.pk) == before
    assert before["companies_setupchange"]
