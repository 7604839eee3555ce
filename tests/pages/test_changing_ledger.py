"""The setup page asks before a ledger is left: what stays, what is looked up, and from which day invoices go to the new one."""

from typing import Any

import pytest

from bilag_sandbox import hub
from tests.pages.test_setup_page import sent, text_of
from tests.support.people import People
from tests.support.transfers import store_transfer


def form(people: People, client_id: str, **more: Any) -> dict[str, Any]:
    return {
        **sent(people),
        "platform__azets__source_client_id": client_id,
        "platform__azets__password": hub.PASSWORD,
        **more,
    }


@pytest.fixture
def used(people: People) -> int:
    """The company's ledger, in which one invoice is posted."""
    from django.utils import timezone

    from bilag.companies.models import Company

    company = Company.objects.get(slug=people.slug)
    ledger = company.setup.ledger
    ledger.used_at = timezone.now()
    ledger.save()
    posted = {"kind": "invoice", "number": "5001", "state": "done", "ledger": ledger, "hinted_at": timezone.now()}
    store_transfer(company.pk, **posted)
    return int(company.pk)


def present(company_id: int) -> str:
    from bilag.companies.models import Ledger

    return str(Ledger.objects.get(company=company_id, left_at=None).key)


def test_another_client_is_asked_about_and_nothing_is_saved_before_the_day_is_given(people: People, used: int) -> None:
    client, page = people.client("owner"), f"/c/{people.slug}/setup/"
    asked = client.post(page, form(people, "777"))
    text = text_of(asked.content.decode())
    assert asked.status_code == 409
    assert "You are changing to another ledger" in text
    assert "azets:S2041:123 → azets:S2041:777" in text
    assert "Posted 1 · stays in the present ledger" in text
    assert present(used) == "azets:S2041:123"
    for rubbish in ("", "tomorrow", "2026-13-01"):
        again = client.post(page, form(people, "777", ledger_invoices_from=rubbish))
        assert again.status_code == 409
        assert "Enter a day." in text_of(again.content.decode())
        assert present(used) == "azets:S2041:123"
    assert client.post(page, form(people, "777", ledger_invoices_from="2026-12-01")).status_code == 302
    assert present(used) == "azets:S2041:777"


def test_whoever_may_not_save_the_setup_may_not_change_the_ledger(people: People, used: int) -> None:
    page = f"/c/{people.slug}/setup/"
    refused = people.client("viewer").post(page, form(people, "777", ledger_invoices_from="2026-12-01"))
    assert refused.status_code == 403
    assert present(used) == "azets:S2041:123"


def test_a_day_without_another_client_is_saved_as_any_setup(people: People, used: int) -> None:
    answer = people.client("owner").post(
        f"/c/{people.slug}/setup/", form(people, "123", ledger_invoices_from="2026-12-01")
    )
    assert answer.status_code == 302
    assert present(used) == "azets:S2041:123"
