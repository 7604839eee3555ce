"""Every route: without a token, with one that is not in force, in too small a scope, or of another company."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.support.doors import BODIES, operations
from tests.support.people import People
from tests.support.program import Program, TokenMaker

READS_BY_POST = {"/api/v1/check", "/api/v1/accruals/preview"}


def call_all(program: Program) -> dict[tuple[str, str], int]:
    return {(m, p): program.ask(m, p, BODIES.get(p)).status for m, p in operations()}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer nonsense", "Bearer bilag_unknown", "Basic YTpi", "bilag_unknown", "Bearer \xe9"],
)
def test_without_a_token_nothing_is_answered(people: People, header: str) -> None:
    program = Program(None)
    for method, path in operations():
        answer = program.ask(method, path, BODIES.get(path), **({"Authorization": header} if header else {}))
        assert answer.status == 401, path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), path
        assert "Fjell" not in answer.text


def test_a_session_is_no_token(people: People) -> None:
    for who in ("owner", "operator"):
        assert people.client(who).get("/api/v1/company").status_code == 401


def test_a_revoked_or_expired_token_is_unknown(make_token: TokenMaker, people: People) -> None:
    from bilag.members.models import ApiToken

    expired = Program(make_token("write", expires_at=timezone.now() - timedelta(seconds=1)))
    assert set(call_all(expired).values()) == {401}
    later = Program(make_token("write", expires_at=timezone.now() + timedelta(hours=1)))
    assert later.get("/company").status == 200
    assert ApiToken.objects.exclude(last_used_at=None).count() == 1
    ApiToken.objects.all().delete()
    assert set(call_all(later).values()) == {401}


def test_reading_changes_nothing(reader: Program, make_token: TokenMaker) -> None:
    from bilag.transfers.models import Transfer

    for (method, path), status in call_all(reader).items():
        if method == "GET" or path in READS_BY_POST:
            assert status in (200, 404, 409), path  # 409: accrued income is switched off
        else:
            assert status == 403, path
    assert not Transfer.objects.exists()
    assert set(call_all(Program(make_token())).values()) == {403}
    refused = reader.post("/poll")
    assert '"write"' in refused.json["detail"]


def test_another_company_sees_nothing_of_this_one(stranger: Program, made_transfers: Any) -> None:
    made_transfers(3, first=10041, name="Fjordbygg AS")
    for method, path in operations():
        if path not in ("/api/v1/check", "/api/v1/poll"):
            answer = stranger.ask(method, path, BODIES.get(path))
            assert "Fjell" not in answer.text, path
            assert "Fjord" not in answer.text, path
            if "10042" in path and "preview" not in path:
                assert answer.status == 404, path
    assert stranger.get("/transfers?number=10042").json["transfers"][0:1] == []


def test_the_description_is_open_and_every_address_below_speaks_problems(people: People) -> None:
    program = Program(None)
    assert program.get("/api/openapi.json").json["openapi"] == "3.1.0"
    assert program.get("/api/docs").status == 200
    for path in ("/api/", "/api/v1", "/api/v1/", "/api/v2/company", "/api/v1/company/", "/api/v1/transfers/invoice"):
        assert program.get(path).status == 404, path
