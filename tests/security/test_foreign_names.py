"""Names from Moment and from accounting are text: in pages, letters, the API and spreadsheets they do nothing."""

import csv
import io
from typing import Any

import pytest
from lxml import html
from openpyxl import load_workbook

from tests.support.doors import company_paths
from tests.support.letters import OFFICE, look
from tests.support.people import People
from tests.support.transfers import store_transfer
from tests.support.world import World

MARK = "xss-of-a-stranger"
MARKUP = f'"\'><img src=x onerror="{MARK}"><script>{MARK}</script></textarea></title><a href="javascript:{MARK}">'
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "=cmd|' /C calc'!A0")


@pytest.fixture
def poisoned(people: People) -> World:
    """Every name that somebody else writes has markup in it, and it went all the way into what Bilag keeps."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    world = people.world
    project = world.any_project()
    customer = project["customer"]
    world.moment.ask("PATCH", f"/admin/customers/{customer['id']}", {"name": MARKUP})
    world.moment.ask("PATCH", f"/admin/projects/{project['id']}", {"name": MARKUP})
    world.hub.ask("PUT", "/admin/clients/123/accounts/3000", {"name": MARKUP, "active": False})
    world.apply(notify={"emails": [OFFICE]}, company={"slug": "fjell", "name": f"Fjell {MARKUP}"[:200]})
    platform_for(store.load_setup(world.company_id)).chart(fresh=True)
    number = world.insert_invoice({"description": MARKUP, "yourReference": MARKUP, "line": {"text": MARKUP}})
    world.hint(world.invoices[number])
    world.poll()
    world.work()
    return world


def harmful(page: str) -> list[str]:
    """Every element or attribute that the markup would have made."""
    document = html.fromstring(page)
    found = [
        one.tag
        for one in document.iter("script")
        if MARK in (one.text or "") or not (one.get("src") or one.get("type"))
    ]
    for one in document.iter():
        if not isinstance(one.tag, str):
            continue
        found += [f"{one.tag} {name}" for name, value in one.items() if name.startswith("on")]
        found += [f"{one.tag} {name}" for name, value in one.items() if value.strip().lower().startswith("javascript:")]
        found += ["img"] if one.tag == "img" and one.get("src") == "x" else []
    return found


def test_the_markup_would_be_noticed() -> None:
    assert harmful(f"<p>{MARKUP}</p>") != []
    assert harmful("<p>&lt;script&gt;</p>") == []


def test_names_are_text_on_every_page_in_both_languages(poisoned: World, people: People) -> None:
    from bilag.transfers.models import Transfer

    shown = 0
    extra = [f"/c/{people.slug}/transfers/{one.pk}/" for one in Transfer.objects.all()[:6]]
    for language in ("en", "nb"):
        client = people.client("operator", language)
        for path in (*company_paths(people.slug), *extra, "/"):
            for query in ("", f"?q={MARK}", "?q=%22%3E%3Cscript%3Exss-of-a-stranger%3C/script%3E"):
                answer = client.get(path + query)
                if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
                    continue
                text = answer.content.decode()
                assert harmful(text) == [], path
                shown += MARK in text
    assert shown > 10, "the names are met on pages, else nothing was tried"


def test_names_are_text_in_letters(poisoned: World) -> None:
    from bilag.notifications.models import Letter

    look(poisoned)
    letters = list(Letter.objects.all())
    assert letters
    assert any(MARK in letter.html for letter in letters)
    for letter in letters:
        assert harmful(letter.html) == []
        assert "\n" not in letter.subject
        assert "\r" not in letter.subject


def test_names_are_no_formulas_in_csv_and_excel(people: People) -> None:
    """Every file that is offered on any page, asked for with names that are formulas."""
    from django.utils import timezone

    from bilag.events.record import record
    from bilag.reconciliation.models import Reconciliation
    from bilag.rehearsal.models import Rehearsal

    now = timezone.now()
    month = {"first": now.date(), "last": now.date(), "began_at": now, "ended_at": now}
    compared = Reconciliation.objects.create(company_id=people.world.company_id, **month)
    rehearsed = Rehearsal.objects.create(
        company_id=people.world.company_id, setup_version=1, read_to=now.date(), **month
    )
    assert compared.pk == rehearsed.pk == 1, "the paths ask for the first of each"
    for number, formula in enumerate(FORMULAS):
        problem = {"code": "account_missing", "subject": formula, "facts": {"account": formula}, "said": formula}
        store_transfer(
            people.world.company_id,
            kind="customer",
            number=formula,
            name=formula,
            state="needs_attention",
            hinted_at=now,
            problems=[problem],
        )
        compared.findings.create(
            found="missing", number=number, customer=formula, name=formula, reason="needs_person", problems=[problem]
        )
        rehearsed.results.create(result="stopped", number=number, customer=formula, name=formula, problems=[problem])
        record(people.world.company_id, "token_made", origin=formula, token=f"{formula}{number}")
    client = people.client("operator")
    cells = files = 0
    exports = [path[: -len("x/")] for path in company_paths(people.slug) if path.endswith("/export/x/")]
    for path in (f"{export}{form}/" for export in exports for form in ("csv", "xlsx")):
        answer = client.get(path)
        assert answer.status_code == 200, path
        files += 1
        for cell in cells_of(answer.headers["Content-Type"], b"".join(whole(answer))):
            cells += any(formula.strip() in cell for formula in FORMULAS)
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or is_number(cell), (path, cell)
    assert files >= 6
    assert cells >= len(FORMULAS)


def whole(answer: Any) -> list[bytes]:
    """What an answer streams, however it does."""
    if not answer.is_async:
        return list(answer.streaming_content)
    import asyncio

    from asgiref.sync import sync_to_async
    from django.db import close_old_connections

    async def collected() -> list[bytes]:
        await sync_to_async(
            close_old_connections
        )()  # as at the beginning of a request: its thread lives on from test to test
        return [part async for part in answer.streaming_content]

    return asyncio.run(collected())


def cells_of(kind: str, content: bytes) -> list[str]:
    if "csv" in kind:
        return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";") for cell in row]
    book = load_workbook(io.BytesIO(content))
    found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in found if cell.data_type == "f"]
    return [str(cell.value) for cell in found]


def is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
