"""What nobody sees in Moment's texts and numbers does not reach a ledger."""

import types
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import TypeAdapter

from bilag.moment import wire
from bilag.moment.changes import change_of_invoice, change_of_master
from bilag.moment.mapping import customer_from, invoice_from
from bilag.moment.webhook import read_hint
from bilag.platforms.organisation_numbers import is_invalid
from tests.support.moment.samples import wire_invoice

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\u061c"
"""Zero width, joiners, soft hyphen, overrides and marks of direction."""
MODELS = [one for one in vars(wire).values() if isinstance(one, type) and issubclass(one, wire.MomentObject)]
EXACT = {"file_name", "content_type", "external_key"}
"""What Bilag itself gave, and finds again by equality."""


def kinds_of(annotation: Any) -> set[Any]:
    """The types that a field takes, without None and lists around them."""
    if get_origin(annotation) in (Union, types.UnionType):
        return {kind for one in get_args(annotation) for kind in kinds_of(one)}
    return {annotation}


def text_fields() -> list[tuple[type[wire.MomentObject], str]]:
    found = []
    for model in MODELS:
        for name, field in model.model_fields.items():
            texts = [one for one in kinds_of(field.annotation) if one is str or get_args(one)[:1] == (str,)]
            if texts and name not in EXACT:
                found.append((model, name))
    return found


@pytest.mark.parametrize(("model", "name"), text_fields(), ids=lambda one: getattr(one, "__name__", one))
def test_every_text_of_every_wire_model_loses_what_nobody_sees(model: type[wire.MomentObject], name: str) -> None:
    field = model.model_fields[name]
    reader: TypeAdapter[Any] = TypeAdapter(
        Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    )
    assert reader.validate_python(f"{UNSEEN}10{UNSEEN}42{UNSEEN}") == "1042"


def test_there_are_text_fields_to_try() -> None:
    assert len(text_fields()) >= 45


def test_an_invoice_with_invisible_characters_is_read_as_people_see_it() -> None:
    customer = {"id": 1, "customerNumber": "\u200b10\u200d042\ufeff", "name": "Nord\u00adlys\u202e AS"}
    lines = [{"text": "\u200b", "accountNumber": "3000\u200b", "vatCode": "\u20603"}]
    odd = {"paymentId": "005\u200b0013\u2060", "yourReference": "\u202eKari\u202c", "description": "\u2060\u200b"}
    invoice = invoice_from(wire.parse(wire.InvoiceWire, wire_invoice(customer=customer, lines=lines, **odd), "invoice"))
    assert (invoice.customer, invoice.customer_name) == ("10042", "Nordlys AS")
    assert (invoice.payment_id, invoice.your_reference, invoice.description) == ("0050013", "Kari", None)
    assert [(line.text, line.account, line.vat_code) for line in invoice.lines] == [(None, "3000", "3")]


def test_an_organisation_number_that_looks_right_is_right() -> None:
    given = {
        "id": 1,
        "customerNumber": "1",
        "name": "A",
        "organizationNumber": "\u202a974 760 673\u202c",
        "countryCode": "NO",
    }
    customer = customer_from(wire.parse(wire.CustomerWire, given, "customer"))
    assert customer.organisation_number == "974 760 673"
    assert not is_invalid(customer.organisation_number, "NO")


def test_a_number_in_a_list_or_a_hint_is_the_number_of_the_object() -> None:
    row = change_of_master("customers", {"id": 7, "customerNumber": "\u200b10042\u200b"})
    assert row is not None
    assert row.number == "10042"
    invoice = change_of_invoice({"id": 7, "invoiceNumber": "10042\ufeff"})
    assert invoice is not None
    assert invoice.number == "10042"
    hint = read_hint('{"customer": {"id": 7, "customerNumber": "10042\u200b"}}'.encode())
    assert hint is not None
    assert hint.number == "10042"
