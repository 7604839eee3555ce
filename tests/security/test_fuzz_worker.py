"""Rubbish from either side never sticks a worker: the transfer ends in a state with words, the next one goes on, and when
the other side speaks sense again everything is posted, once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from bilag_sandbox.common.clock import HeldClock
from tests.support.rubbish import RAW, Muddle, Muddled
from tests.support.world import LAST_DAY, Side, World, company_document

ROUNDS = 12
ENDED = {"done", "waiting", "in_doubt", "needs_attention", "skipped", "queued"}


class Muddling(World):
    """A world whose sides can be made to talk rubbish."""

    moment_side: Muddled
    hub_side: Muddled

    def poll_quietly(self) -> None:
        """The poll as its job does it."""
        from bilag.transfers.intake import poll

        poll.poll_quietly(self.company_id)
        self.work()

    def retry_everything(self) -> None:
        """What a person does when the other side is mended."""
        from bilag.transfers.intake import accept
        from bilag.transfers.models import Kind, State, Transfer

        stopped = Transfer.objects.filter(company_id=self.company_id, state=State.NEEDS_ATTENTION)
        accept.accept(
            self.company_id, [accept.TransferRequest(Kind(one.kind), one.number) for one in stopped], manual=True
        )
        self.work()


@pytest.fixture
def world(database: None) -> Iterator[Muddling]:
    from bilag.companies import gateways, lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    gateways.forget_all()
    clock = HeldClock()
    hub_side = Muddled(hub.app(requests_per_minute=10_000_000, clock=clock))
    moment_side = Muddled(moment.app(sample="drafts", last_day=LAST_DAY, clock=clock))
    with running(hub_side) as hub_url, running(moment_side) as moment_url:

        def apply(**sections: Any) -> Any:
            document = company_document(moment_url, hub_url, sections)
            return save_setup(parse_company_file(document, {}, Path()), origin="test")

        applied = apply()
        lifecycle.set_live(applied.company_id, date(2020, 1, 1))
        made = Muddling(Side(moment_url), Side(hub_url), applied.company_id, apply, clock)
        made.moment_side, made.hub_side = moment_side, hub_side
        yield made
    gateways.forget_all()


def words_of(world: World) -> None:
    """Every transfer that stands still says why, in both languages, and none because Bilag itself failed."""
    from bilag.messages import render_problem
    from bilag.posting.problem import Problem
    from bilag.transfers.models import Attempt, Transfer

    for row in Transfer.objects.all():
        assert row.state in ENDED, f"{row.kind} {row.number} is left as {row.state}"
        if row.state == "needs_attention":
            assert row.problems
        for problem in row.problems:
            assert problem["code"] != "bilag_fault", f"{row.kind} {row.number}: {problem}"
            for language in ("en", "nb"):
                sentence = render_problem(Problem.from_json(problem), language)
                assert sentence.message
                assert sentence.remedy
    assert not Attempt.objects.filter(ended_at=None).exists()


def no_job_failed() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    assert not ProcrastinateJob.objects.filter(status="failed").exists()
    assert not ProcrastinateJob.objects.filter(status="todo", attempts__gt=0).exists(), (
        "a job raised and is tried again"
    )


@pytest.mark.parametrize("side", ["moment", "hub"])
def test_rubbish_from_one_side_stops_nothing_for_good(world: Muddling, side: str) -> None:
    from bilag.companies import lifecycle
    from bilag.transfers.models import Transfer

    muddled = world.moment_side if side == "moment" else world.hub_side
    invoices = []
    for seed in range(ROUNDS):
        piece = RAW[(seed * 7) % len(RAW)]
        invoices.append(world.finalise())
        muddled.muddle = Muddle(piece, seed, share=0.4)
        world.hint(invoices[-1])
        world.work()
        world.poll_quietly()
        muddled.muddle = None
        lifecycle.resume(world.company_id)  # an answer that reads as a refusal of the credentials pauses, as it should
        words_of(world)
        no_job_failed()
    assert muddled.struck > ROUNDS

    for _ in range(4):
        lifecycle.resume(world.company_id)
        world.retry_everything()
        world.pass_doubt()
        world.hurry()
    # Rubbish that reads as another description is posted as such; that it changed since is a person's.
    wrong = [
        (one.kind, one.number, one.state, one.problems)
        for one in Transfer.objects.filter(kind="invoice").exclude(state="done")
        if [problem["code"] for problem in one.problems] != ["changed_after_posting"]
    ]
    assert wrong == []
    numbers = [one["invoiceNumber"] for one in invoices]
    assert sorted(one["voucherNumber"] for one in world.vouchers() if one["voucherNumber"] in numbers) == sorted(
        numbers
    )


def test_the_next_transfer_goes_on_while_one_gets_rubbish(world: Muddling) -> None:
    first, second = world.finalise(), world.finalise()
    world.moment_side.muddle = Muddle("null", 3, share=1.0, only=f"/invoices/{first['id']}")
    world.hint(first)
    world.hint(second)
    world.work()
    world.moment_side.muddle = None
    assert world.transfer(second["invoiceNumber"]).state == "done"
    stopped = world.transfer(first["invoiceNumber"])
    assert stopped.state in {"needs_attention", "waiting"}
    assert stopped.problems
    words_of(world)
    world.retry(first["invoiceNumber"])
    assert world.transfer(first["invoiceNumber"]).state == "done"
