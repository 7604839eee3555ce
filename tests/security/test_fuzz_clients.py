"""Whatever Moment or the hub answers, what reads it gives an object that can be stored, or one of the edge's errors."""

import io
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bilag.moment.client import MomentClient
from bilag.moment.expense import NewExpense
from bilag.platforms.azets import PLATFORM
from bilag.platforms.base import Connection
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Department, Project
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError
from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support import local_http
from tests.support.azets.samples import customer, invoice
from tests.support.patience import PATIENCE
from tests.support.rubbish import Muddle, Muddled, pieces

FUZZ = settings(
    max_examples=60, phases=(Phase.generate,), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
places = st.integers(0, 2**32)
numbers = itertools.count(600_000)


@dataclass
class Sides:
    moment: Muddled
    client: MomentClient
    invoice_id: int
    customer_id: int
    project_id: int
    hub: Muddled
    hub_url: str


@pytest.fixture(scope="module")
def sides(migrated: None) -> Iterator[Sides]:
    muddled_hub = Muddled(hub.app(requests_per_minute=10_000_000))
    muddled_moment = Muddled(moment.app(sample="drafts", last_day=date(2026, 11, 23)))
    with running(muddled_hub) as hub_url, running(muddled_moment) as moment_url:
        client = MomentClient(moment_url, "4021", moment.API_KEY, read_timeout=PATIENCE)
        made = local_http.post(f"{moment_url}/admin/invoices/finalize", json={"count": 1}).json()["invoices"][0]
        whole = client.invoice(made["id"])
        assert whole is not None
        project = client.project_by_number(whole.project or "")
        assert project is not None
        yield Sides(
            muddled_moment, client, made["id"], whole.customer_moment_id or 1, project.moment_id, muddled_hub, hub_url
        )
        client.close()


def storable(value: Any) -> None:
    """As an attempt keeps it: JSON that PostgreSQL takes."""
    from bilag.transfers.canonical_json import jsonable

    text = json.dumps(jsonable(value), ensure_ascii=False)
    assert "\x00" not in text
    assert "\\u0000" not in text
    text.encode()


def of_moment(sides: Sides) -> list[Callable[[], Any]]:
    """Everything that Bilag asks of Moment."""
    client, project = sides.client, sides.project_id
    expense = NewExpense(
        project_id=project,
        activity_id=1,
        external_key=f"azets:S2041:123:1:{next(numbers)}",
        title="Modellmateriell",
        date=date(2026, 11, 1),
        net=Decimal("100.00"),
        vat=Decimal("25.00"),
        gross=Decimal("125.00"),
        currency="NOK",
        billable=True,
    )
    return [
        client.ping,
        lambda: client.invoice(sides.invoice_id),
        lambda: client.customer(sides.customer_id),
        lambda: client.project(project),
        lambda: client.invoice_by_number(10001),
        lambda: list(client.changed_customers(datetime(2026, 1, 1, tzinfo=UTC))),
        lambda: list(client.changed_projects(None)),
        lambda: list(client.transferable_invoices(date(2020, 1, 1))),
        lambda: client.recent_invoices(date(2026, 11, 23), 5),
        client.customer_states,
        client.departments,
        client.project_states,
        client.project_numbers,
        client.financial_accounts,
        client.user_accounts,
        lambda: client.expenses.project(project),
        lambda: client.expenses.activities(project),
        lambda: client.expenses.find("azets:S2041:123:1:1"),
        lambda: client.expenses.create(expense),
        lambda: client.expenses.create_activity(project, f"Utlegg {next(numbers)}"),
        lambda: client.expenses.documents(1),
    ]


def of_the_hub(sides: Sides) -> list[Callable[[], Any]]:
    """Everything that Bilag asks of the hub, from signing in on."""
    platform = PLATFORM.open(Connection({
        "base_url": f"{sides.hub_url}/v1",
        "username": hub.USERNAME,
        "password": hub.PASSWORD,
        "source_client_id": hub.VISMA_CLIENT,
        "parent_client_id": hub.PARENT,
    }, Dimensions(project=2, department=1, billability=3)))  # fmt: skip
    number = next(numbers)
    voucher, key = invoice(number=number), f"moment-4021-invoice-{number}"
    return [
        platform.check,
        lambda: platform.chart(fresh=True),
        lambda: platform.put_customer(customer()),
        lambda: platform.put_department(Department("10", "Arkitektur")),
        lambda: platform.put_project(Project(1, "1207", "Nytt hovedkontor", "active", "10042", department="10")),
        lambda: platform.post_voucher([voucher], key),
        lambda: platform.find_voucher(voucher, key),
        lambda: list(platform.list_vouchers(date(2026, 1, 1), date(2026, 12, 31))),
        lambda: list(platform.list_posted_lines("")),
        lambda: platform.fetch_document("x", io.BytesIO(), max_bytes=1000),
    ]


def asked(ask: Callable[[], Any]) -> None:
    """An object that can be stored, or one of the three errors with words that can be told and stored."""
    from bilag.messages import render_problem

    problems: tuple[Problem, ...] | None = None
    found: Any = None
    try:
        found = ask()
    except EdgeError as error:
        problems = error.problems
    assert problems != (), "an error without words"
    for problem in problems or ():
        storable(problem.as_json())
        for language in ("en", "nb"):
            sentence = render_problem(problem, language)
            assert sentence.message
            assert sentence.remedy
    for one in found if isinstance(found, list) else [found]:
        if is_dataclass(one):
            storable(one)


@FUZZ
@given(pieces, places, st.integers(0, 20))
def test_whatever_moment_answers_is_an_object_or_a_problem(sides: Sides, piece: str, seed: int, which: int) -> None:
    ask = of_moment(sides)[which]
    sides.moment.muddle = Muddle(piece, seed)
    try:
        asked(ask)
    finally:
        sides.moment.muddle = None


@FUZZ
@given(pieces, places, st.integers(0, 9))
def test_whatever_the_hub_answers_is_an_object_or_a_problem(sides: Sides, piece: str, seed: int, which: int) -> None:
    ask = of_the_hub(sides)[which]
    sides.hub.muddle = Muddle(piece, seed)
    try:
        asked(ask)
    finally:
        sides.hub.muddle = None


@FUZZ
@given(pieces, places, st.sampled_from((400, 401, 403, 404, 409, 422, 429, 500, 503)), st.integers(0, 9))
def test_whatever_stands_in_an_error_of_the_hub_is_a_problem(
    sides: Sides, piece: str, seed: int, status: int, which: int
) -> None:
    ask = of_the_hub(sides)[which]
    sides.hub.muddle = Muddle(piece, seed, status=status, share=0.8)
    try:
        asked(ask)
    finally:
        sides.hub.muddle = None


def test_the_muddle_is_met() -> None:
    """Else the tests above could not fail."""
    body = b'{"items": [{"id": 1, "name": "A"}], "nextCursor": null}'
    found = {Muddle("NaN", seed).body(body) for seed in range(200)}
    assert b'{"items": [{"id": NaN, "name": "A"}], "nextCursor": null}' in found
    assert b"NaN" in found
    assert b"null" in found
    assert len(found) > 12
