"""The invoice's document goes to the voucher where the accounting system takes documents: after posting, and once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.world import World


@pytest.fixture
def taking(world: World) -> World:
    """A world whose client takes documents."""
    world.hub.ask("PATCH", "/admin/clients/123", {"capabilities": {"attachments": True}})
    return world


def posted(world: World) -> int:
    number = world.insert_invoice({})
    world.poll()
    world.work(rounds=2)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    return number


def attach(world: World, *, hurry: bool = True) -> None:
    """What the schedule does each minute; with `hurry` all pauses are over."""
    from bilag.transfers import documents
    from bilag.transfers.models import VoucherDocument

    if hurry:
        VoucherDocument.objects.filter(next_at__isnull=False).update(next_at=None)
    documents.ask_all()
    world.work()


def attached(world: World, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.hub.ask("GET", f"/admin/clients/123/vouchers/{number}/documents")
    return found


def row(number: int) -> Any:
    from bilag.transfers.models import VoucherDocument

    return VoucherDocument.objects.get(transfer__number=str(number))


def test_client_that_takes_none_gets_none_and_nothing_is_kept(world: World) -> None:
    from bilag.transfers.models import VoucherDocument

    number = posted(world)
    attach(world)
    assert attached(world, number) == []
    assert not VoucherDocument.objects.exists()


def test_document_follows_the_voucher_once(taking: World) -> None:
    number = posted(taking)
    assert attached(taking, number) == []
    for _ in range(2):
        attach(taking)
    [document] = attached(taking, number)
    assert document["fileName"] == f"faktura-{number}.pdf"
    assert document["externalDocumentId"].startswith("moment-4021-attachment-")
    assert (row(number).state, [one["name"] for one in row(number).attached]) == ("attached", [document["fileName"]])
    taking.retry(number)
    attach(taking)
    assert len(attached(taking, number)) == 1
    assert taking.transfer(number).state == "done"


def test_answer_that_is_lost_is_followed_by_a_second_request_and_one_document(taking: World) -> None:
    number = posted(taking)
    taking.hub.fault(kind="lost_answer", operation="addVoucherDocument")
    attach(taking)
    assert row(number).state == "due"
    assert taking.transfer(number).state == "done", "the voucher is not held up"
    attach(taking, hurry=False)
    assert row(number).state == "due", "a pause first"
    taking.hurry()
    attach(taking)
    assert row(number).state == "attached"
    assert len(attached(taking, number)) == 1


def refused(world: World, number: int) -> None:
    """The accounting system takes no PDF of this size."""
    world.hub.ask("PATCH", "/admin/clients/123", {"limits": {"maxDocumentBytes": 10}})
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    platform_for(store.load_setup(world.company_id)).chart(fresh=True)
    attach(world)
    assert world.codes(number) == ["document_not_attached"]
    assert world.transfer(number).state == "needs_attention"


def allowed(world: World) -> None:
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    world.hub.ask("PATCH", "/admin/clients/123", {"limits": {"maxDocumentBytes": 20_000_000}})
    platform_for(store.load_setup(world.company_id)).chart(fresh=True)


def test_refused_document_is_a_persons_question_who_retries(taking: World) -> None:
    number = posted(taking)
    refused(taking, number)
    assert row(number).state == "failed"
    attach(taking)
    assert taking.codes(number) == ["document_not_attached"], "nothing is tried before the person retries"
    allowed(taking)
    taking.retry(number)
    assert (taking.transfer(number).state, taking.transfer(number).problems) == ("done", [])
    attach(taking)
    assert (row(number).state, len(attached(taking, number))) == ("attached", 1)


def test_document_that_is_refused_again_leaves_the_voucher_without(taking: World) -> None:
    number = posted(taking)
    refused(taking, number)
    taking.retry(number)
    attach(taking)
    assert row(number).state == "left"
    assert (taking.transfer(number).state, taking.transfer(number).problems) == ("done", [])
    attach(taking)
    assert attached(taking, number) == []


def test_after_three_days_of_failures_a_person_is_told(taking: World) -> None:
    from django.db.models import F

    from bilag.transfers.models import VoucherDocument

    number = posted(taking)
    taking.hub.fault(kind="unavailable", operation="addVoucherDocument", times=100)
    attach(taking)
    assert (row(number).state, row(number).failures) == ("due", 1)
    VoucherDocument.objects.update(begun_at=F("begun_at") - timedelta(days=4))
    taking.hurry()
    attach(taking)
    assert taking.codes(number) == ["document_not_attached"]
    assert row(number).state == "failed"


def test_invoice_without_a_document_is_looked_at_again_for_a_day(
    taking: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.models import F

    from bilag.moment.invoice_documents import InvoiceDocuments
    from bilag.transfers.models import VoucherDocument

    number = posted(taking)
    monkeypatch.setattr(InvoiceDocuments, "of", lambda *_: ())
    attach(taking)
    assert row(number).state == "due"
    VoucherDocument.objects.update(begun_at=F("begun_at") - timedelta(days=2))
    attach(taking)
    assert row(number).state == "none"
    assert taking.transfer(number).state == "done"


def test_page_of_the_invoice_tells_where_its_document_is(taking: World) -> None:
    from django.template.loader import render_to_string

    number = posted(taking)

    def shown() -> str:
        return " ".join(render_to_string("bilag/transfer_document.html", {"document": row(number)}).split())

    assert "Bilag attaches it to the voucher soon." in shown()
    attach(taking)
    assert f"faktura-{number}.pdf (attached to the voucher)" in shown()
    refused_row = row(number)
    refused_row.state, refused_row.attached = "left", []
    refused_row.save()
    assert "Not attached to the voucher." in shown()


def switch(world: World, *, on: bool) -> None:
    """Change the setting as an owner does."""
    from bilag.companies.models import IntegrationSetup

    row = IntegrationSetup.objects.get(company_id=world.company_id)
    row.settings["export"]["attachments"] = on
    row.version += 1
    row.save()


def test_nothing_is_attached_while_the_setup_says_so_and_what_is_due_is_kept(taking: World) -> None:
    from bilag.transfers.models import VoucherDocument

    before = posted(taking)
    switch(taking, on=False)
    attach(taking)
    meanwhile = posted(taking)
    attach(taking)
    assert (attached(taking, before), attached(taking, meanwhile)) == ([], [])
    assert not VoucherDocument.objects.filter(transfer__number=str(meanwhile)).exists()
    switch(taking, on=True)
    attach(taking)
    assert (len(attached(taking, before)), attached(taking, meanwhile)) == (1, [])
