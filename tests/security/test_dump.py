"""Whoever gets a copy of the database gets no secret with it: nothing in clear, and nothing that lets them in."""

import base64
import json
import re
import zlib
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken

from bilag_sandbox import hub, moment
from tests.support.letters import OFFICE, look
from tests.support.mail_server import mail_server, resets_sent
from tests.support.people import People

PASSWORD = "Fjell-og-Vann-2026"
FERNET = re.compile(r"gAAAA[A-Za-z0-9_-]{60,}={0,2}")


def dump() -> dict[str, str]:
    """Every table as COPY writes it, as pg_dump would; sessions and attempts with what is packed in them."""
    from django.db import connection

    tables = {}
    with connection.cursor() as cursor:
        cursor.execute("select quote_ident(relname) from pg_statio_user_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            parts = []
            with cursor.copy(f"copy {table} to stdout") as copy:
                parts = [bytes(part) for part in copy]
            tables[table] = b"".join(parts).decode()
    from django.contrib.sessions.models import Session

    from bilag.transfers.models import Attempt

    for row in Session.objects.all():
        tables["django_session"] += json.dumps(unpacked(row.session_data))
    for attempt in Attempt.objects.all():
        tables["transfers_attempt_other"] += json.dumps([attempt.exchanges, attempt.source, attempt.plan])
    return tables


def unpacked(text: str) -> Any:
    """The data of a session, which anybody can read who has the row: it is signed, not encrypted."""
    body = text.split(":")[0]
    raw = base64.urlsafe_b64decode(body.lstrip(".") + "=" * (-len(body.lstrip(".")) % 4))
    return json.loads(zlib.decompress(raw) if body.startswith(".") else raw)


@pytest.fixture
def secrets(people: People) -> dict[str, str]:
    """Every secret there is, after everything that has one was used."""
    from bilag.companies.models import Company
    from bilag.companies.secrets import opened
    from bilag.members import tokens
    from bilag.members.models import User

    world = people.world
    company = Company.objects.get(pk=world.company_id)
    world.apply(notify={"emails": [OFFICE]})
    known = {
        "key of Moment": moment.API_KEY,
        "password of the hub": hub.PASSWORD,
        "secret of the webhook address": opened(company.webhook_token)["token"],
        "password of a person": PASSWORD,
    }
    known["API token"] = tokens.make(company, "Reports", ["read"], by="test")[1]
    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    world.hub.ask("PUT", "/admin/clients/123/accounts/3000", {"active": False})
    world.work()
    look(world)
    user = User.objects.get(email="owner@fjell.example")
    user.set_password(PASSWORD)
    user.save()
    client = people.client(None)
    with mail_server() as mailbox:
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        known["session cookie"] = client.cookies["bilag_session"].value
        client.post("/accounts/password/reset/", {"email": user.email})
        client.post(f"/c/{people.slug}/company/invite/", {"email": "ola@fjell.example", "role": "viewer"})
        resets_sent()
        parts = [part for letter in mailbox.letters for part in letter.walk() if not part.is_multipart()]
    letters = "".join(bytes(part.get_payload(decode=True)).decode() for part in parts)
    [reset] = set(re.findall(r"/password/reset/key/([\w-]+)", letters))
    known["link of a forgotten password"] = reset.partition("-")[2]
    found = re.findall(r"/invitations/([\w-]{30,})", letters)
    assert found
    known["link of an invitation"] = found[0]
    known["token that the hub gave"] = hub_token(world.company_id)
    return known


def hub_token(company_id: int) -> str:
    """What this process signed in to the hub with."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    platform: Any = platform_for(store.load_setup(company_id))
    return str(platform._client._tokens.current)


def test_a_dump_of_the_database_has_no_secret_in_clear(secrets: dict[str, str]) -> None:
    tables = dump()
    assert len(tables) > 20
    assert "Fjell Arkitekter AS" in tables["companies_company"], "the dump has what it should"
    for name, secret in secrets.items():
        assert len(secret) > 8, name
        forms = {secret, base64.b64encode(secret.encode()).decode().rstrip("=")}
        where = [table for table, text in tables.items() if any(form in text for form in forms)]
        assert where == [], f"the {name} stands in {where}"


def test_every_encrypted_text_stands_where_rotation_looks_for_it(secrets: dict[str, str]) -> None:
    from django.apps import apps
    from django.conf import settings

    from bilag.companies.resealing import SEALED

    known = {apps.get_model(app, name)._meta.db_table for app, name, _ in SEALED}
    [key] = settings.BILAG_SECRET_KEYS
    found = 0
    for table, text in dump().items():
        for token in FERNET.findall(text):
            assert table in known, f"{table} has something encrypted: name its column in companies/resealing.py"
            try:
                Fernet(key).decrypt(token.encode())
            except InvalidToken:
                raise AssertionError(f"{table} has something that no key opens") from None
            found += 1
    assert found >= 3
