"""Customers as parties. All companies of a database share them; a party's code is Moment's customer number."""

from collections.abc import Mapping, Sequence
from typing import Any

from stdnum.no import orgnr

from bilag.platforms.organisation_numbers import is_invalid, norwegian_number
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.problems import About
from bilag.platforms.tryton.rows import CodeRow, IdentifierRow, MechanismRow, PartyRow
from bilag.platforms.tryton.wire import TrytonRow
from bilag.posting.chart import TextLimits
from bilag.posting.master import Customer
from bilag.posting.problem import Problem
from bilag.posting.texts import cut, one_line
from bilag.wire.errors import Refused

PARTIES = "party.party"
LIMITS = TextLimits()
NORWEGIAN = "no_orgnr"


def customer_content(customer: Customer) -> dict[str, Any]:
    """Return what is sent of a customer, without Tryton's ids. What Moment lacks is left unchanged in Tryton."""
    lines = [line for line in map(one_line, customer.address_lines) if line]
    return {
        "code": customer.number,
        "name": cut(one_line(customer.name) or customer.number, LIMITS.name),
        "street": "\n".join(cut(line, LIMITS.address_line) for line in lines) or None,
        "postal_code": one_line(customer.postal_code),
        "city": one_line(customer.city),
        "country": (customer.country or "").strip().upper() or None,
        "identifier": identifier(customer.organisation_number, customer.country),
        "email": one_line(customer.invoice_email) or one_line(customer.email),
    }


def identifier(number: str | None, country: str | None) -> tuple[str | None, str] | None:
    """Return type and code of an organisation number.

    A Norwegian one becomes nine digits; any other is sent unchanged, and Tryton does not check it.
    """
    given = one_line(number)
    if given is None:
        return None
    digits = norwegian_number(given, country)
    return (NORWEGIAN, digits) if digits is not None else (None, given)


def put_customer(client: TrytonClient, customer: Customer) -> None:
    """Create or update the party. Raises `Refused` for a number or country that Tryton does not accept."""
    content = customer_content(customer)
    about = About(f"customer {customer.number}", {"customer": customer.number}, PARTIES)
    if not customer.number.strip():
        raise Refused([Problem("customer_number_invalid", about.subject, about.facts)])
    of_type = content["identifier"]
    bad_norwegian = (
        of_type is not None and of_type[0] == NORWEGIAN and not orgnr.is_valid(of_type[1])
    )  # Tryton makes the same check
    if bad_norwegian or is_invalid(customer.organisation_number, customer.country):
        facts = {**about.facts, "value": customer.organisation_number or ""}
        raise Refused([Problem("organisation_number_invalid", about.subject, facts)])
    country = _country(client, content["country"], about)
    known = _find(client, customer.number)
    if known is None:
        try:
            client.create(PARTIES, _body(content, country, None), about)
            return
        except Refused:
            known = _find(client, customer.number)
            if known is None:
                raise
    if not known.active:  # Tryton 8.2 allows no other change to an inactive party
        client.write(PARTIES, known.id, {"active": True}, about)
    client.write(PARTIES, known.id, _body(content, country, known), about)


def _find(client: TrytonClient, number: str) -> PartyRow | None:
    found = client.rows(PARTIES, PartyRow, [["code", "=", number]], limit=1)
    return found[0] if found else None


def _country(client: TrytonClient, code: str | None, about: About) -> int | None:
    """Return the country's id; None if Tryton's list of countries is empty."""
    if code is None:
        return None
    found = client.rows("country.country", CodeRow, [["code", "=", code]], limit=1)
    if found:
        return found[0].id
    if client.rows("country.country", CodeRow, [], limit=1):
        raise Refused([Problem("country_code_unknown", about.subject, {**about.facts, "value": code})])
    return None


def _body(content: Mapping[str, Any], country: int | None, known: PartyRow | None) -> dict[str, Any]:
    """Build a new party, or the changes to an existing one. Bilag manages the first address and e-mail only."""
    body: dict[str, Any] = {"name": content["name"]}
    if known is None:
        body["code"] = content["code"]
    address = {name: content[name] for name in ("street", "postal_code", "city")}
    if country is not None:
        address["country"] = country
    if any(address.values()):
        body["addresses"] = _put(known.addresses if known else (), address)
    if content["identifier"] is not None:
        kind, code = content["identifier"]
        same = [row for row in known.identifiers if _same_kind(row, kind)] if known else []
        body["identifiers"] = _put(same, {"type": kind, "code": code})
    if content["email"] is not None:
        emails: list[MechanismRow] = [row for row in known.contact_mechanisms if row.type == "email"] if known else []
        body["contact_mechanisms"] = _put(emails, {"type": "email", "value": content["email"]})
    return body


def _same_kind(row: IdentifierRow, kind: str | None) -> bool:
    return row.type == kind


def _put(rows: Sequence[TrytonRow], values: Mapping[str, Any]) -> list[Any]:
    """Update the first row, or add one."""
    return [["write", [rows[0].id], values]] if rows else [["create", [values]]]
