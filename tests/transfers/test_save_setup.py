"""Saving a setup is all or nothing, and can be repeated: stopped at any statement and done again, it ends the same.

Both systems are replaced by the result of their check: nothing here talks to them.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bilag.posting.problem import Problem
from tests.support.transfers import store_transfer
from tests.support.world import company_document, work_off

NOWHERE = "http://127.0.0.1:9"
WRONG = Problem("client_unknown", "setup platform.azets.source_client_id", {"client": "123"})
EARLIER = Problem("invalid_credentials", "setup platform.azets.password")
UNITS = (2, 3)
TOKEN = "bilag_test-token-of-the-setup"
MOST_STEPS = 200
FEWEST_STEPS = 15
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)


class Stopped(BaseException):
    """The process was killed here."""


@dataclass
class Stopper:
    """Stops the process at one step: before a statement, or before a commit. Counts from the lock of the setup on."""

    at: int
    steps: int = 0
    counting: bool = False
    stopped: bool = False

    def step(self) -> None:
        self.stopped = self.stopped or self.steps == self.at
        if self.stopped:
            raise Stopped
        self.steps += 1

    def execute(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        self.counting = self.counting or ('"companies_integrationsetup"' in text and "FOR UPDATE" in text)
        if self.counting:
            self.step()
        return execute(sql, params, many, context)


@contextmanager
def stopping(at: int) -> Iterator[Stopper]:
    """Stop the process at this step. What was not committed is lost with its connection."""
    from django.db import connection

    stopper, commit = Stopper(at), connection._commit

    def before_commit() -> None:
        try:
            if stopper.counting:
                stopper.step()
        except Stopped:
            connection.connection.rollback()  # what PostgreSQL does when the client is gone
            raise
        commit()

    with connection.execute_wrapper(stopper.execute), patch.object(connection, "_commit", before_commit):
        try:
            yield stopper
        except Stopped:
            connection.close()


@dataclass
class Office:
    """A company with a customer and two projects in accounting, and the people and programs who save its setup."""

    folder: Path
    company_id: int = 0
    document: dict[str, Any] = field(default_factory=dict)
    misconfigured: Problem | None = None
    """What the check finds, if anything."""

    def report(self, *_asked: object) -> Any:
        """The result of the check."""
        from bilag.companies.check import CheckReport

        return CheckReport((), misconfigured=self.misconfigured)

    def file(self, unit: int, *, live: bool = True) -> Path:
        """The company file, with projects in this unit."""
        text = "".join(
            f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
            for name, values in {
                "company": {**self.document["company"], "live": live},
                "moment": self.document["moment"],
                "platform": {"kind": "azets"},
                "platform.azets": self.document["platform"]["azets"],
                "dimensions": {"project": unit, "department": 1},
            }.items()
        )
        file = self.folder / "fjell.toml"
        file.write_text(text)
        return file

    def by_command(self, unit: int, live: bool = True) -> None:
        from bilag.cli.company import apply

        with patch("bilag.cli.django_ready.make_ready"):
            apply(self.file(unit, live=live))

    def by_api(self, unit: int) -> None:
        from django.test import Client

        document = {**self.document, "dimensions": {"project": unit, "department": 1}}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        client = Client(SERVER_NAME="localhost")
        answer = client.put("/api/v1/setup", json.dumps(document), content_type="application/json", headers=headers)
        assert answer.status_code == 200, answer.content

    def by_page(self, unit: int) -> None:
        from django.test import Client

        from bilag.companies.models import IntegrationSetup
        from bilag.members.models import User
        from bilag.web.setup_pages.choices import Choices

        version = IntegrationSetup.objects.get(company_id=self.company_id).version
        sent = {"version": version, "dimensions__project": unit, "dimensions__department": 1}
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(email="owner@fjell.example"))
        with patch("bilag.web.setup_pages.loading.choices_for", return_value=Choices()):
            answer = client.post("/c/fjell/setup/", {**self.form(), **sent})
        assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())

    def begin(self, unit: int, *, live: bool, paused: Problem | None) -> None:
        """Everything is transferred under the setup with this unit, and the queue is empty."""
        from bilag.companies.models import Company, IntegrationSetup
        from bilag.transfers.models import PollMark, Transfer

        row = IntegrationSetup.objects.get(company_id=self.company_id)
        row.settings["dimensions"]["project"] = unit
        row.save()
        Company.objects.filter(pk=self.company_id).update(live=live, paused=paused and paused.as_json())
        Transfer.objects.all().delete()
        for kind, number, state in (
            ("customer", "10001", "done"),
            ("project", "1", "done"),
            ("project", "2", "skipped"),
            ("project", "3", "needs_attention"),
            ("invoice", "5001", "queued"),
        ):
            store_transfer(
                self.company_id,
                kind=kind,
                number=number,
                state=state,
                accepted_hash="a" * 64,
                moment_version=1,
                unit_value=number,
                hinted_at=LONG_AGO,
                next_at=LONG_AGO,
            )
        PollMark.objects.update_or_create(
            company_id=self.company_id, kind="project", defaults={"modified_at": LONG_AGO}
        )
        empty_queue()

    def finish(self) -> None:
        """A worker runs the check that is enqueued, if one is."""
        from procrastinate.contrib.django.models import ProcrastinateJob

        from bilag.transfers import enqueue
        from bilag.transfers.activation import save_setup

        for job in ProcrastinateJob.objects.filter(task_name=enqueue.CHECK_SETUP):
            save_setup.run_enqueued_check(**job.args)
            enqueue.drop_setup_check(self.company_id)

    def picture(self) -> dict[str, Any]:
        """All that saving may change, without ids and times."""
        from procrastinate.contrib.django.models import ProcrastinateJob

        from bilag.companies import store
        from bilag.transfers.models import PollMark, Transfer

        setup = store.load_setup(self.company_id)
        numbers = dict(Transfer.objects.values_list("pk", "number"))
        jobs = ProcrastinateJob.objects.filter(status="todo").values_list("task_name", "args")
        columns = ("kind", "number", "state", "accepted_hash", "unit_value", "moment_version", "next_at")
        return {
            "version": setup.version,
            "unit": setup.dimensions.project,
            "live": setup.live,
            "paused": setup.paused,
            "transfers": sorted(Transfer.objects.values_list(*columns), key=str),
            "seen": list(PollMark.objects.values_list("kind", "modified_at")),
            "queued": {numbers[pk] for task, args in jobs if task == "transfers.work" for pk in args["transfer_ids"]},
            "other jobs": {task for task, _ in jobs if task != "transfers.work"},
        }

    def since(self, before: dict[str, Any]) -> dict[str, Any]:
        """The picture now, with the version counted from what it was before."""
        picture = self.picture()
        return {**picture, "version": picture["version"] - before["version"]}

    def new_by_page(self, slug: str) -> None:
        from django.test import Client

        from bilag.members.models import User

        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(email="operator@fjell.example"))
        sent = {"name": "Ny AS", "slug": slug, "language": "nb", "kind": "azets"}
        answer = client.post("/new-company/", sent)
        assert answer.status_code in (302, 422), "422: it is there already"

    def form(self) -> dict[str, Any]:
        """What a browser sends of the connections and switches."""
        azets = {f"platform__azets__{name}": value for name, value in self.document["platform"]["azets"].items()}
        moment = {f"moment__{name}": value for name, value in self.document["moment"].items()}
        switches = {f"export__{name}": "on" for name in ("customers", "projects", "invoices", "attachments")}
        return {**azets, **moment, **switches, "expenses__billable_by_default": "on", "accrual__by": "months"}


def empty_queue() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_events")
        cursor.execute("delete from procrastinate_jobs")


def history(after: tuple[int, int]) -> tuple[list[Any], list[Any]]:
    """Events and changes of setups since."""
    from bilag.companies.models import SetupChange
    from bilag.events.models import Event

    events = Event.objects.filter(pk__gt=after[0]).order_by("id").values_list("name", "facts", "problem__code")
    changes = SetupChange.objects.filter(pk__gt=after[1]).order_by("id").values_list("field", "old", "new")
    return [(name, facts.get("count"), code) for name, facts, code in events], list(changes)


def now() -> tuple[int, int]:
    from bilag.companies.models import SetupChange
    from bilag.events.models import Event

    newest = [model.objects.order_by("-id").values_list("pk", flat=True).first() for model in (Event, SetupChange)]
    return newest[0] or 0, newest[1] or 0


@pytest.fixture
def office(database: None, tmp_path: Path) -> Iterator[Office]:
    from bilag.companies import gateways, lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.companies.models import Company
    from bilag.companies.secrets import digest_of
    from bilag.members.models import ApiToken, Membership, User
    from bilag.transfers.activation.save_setup import save_setup

    gateways.forget_all()
    made = Office(tmp_path, document=company_document(NOWHERE, NOWHERE, {}))
    made.company_id = save_setup(parse_company_file(made.document, {}), origin="test").company_id
    lifecycle.set_live(made.company_id, date(2020, 1, 1))
    company = Company.objects.get(pk=made.company_id)
    Membership.objects.create(company=company, user=User.objects.create_user("owner@fjell.example"), role="owner")
    User.objects.create_user("operator@fjell.example", is_operator=True)
    ApiToken.objects.create(
        company=company,
        name="accounting",
        scopes=["write"],
        beginning=TOKEN[:12],
        digest=digest_of(TOKEN),
        made_by="owner@fjell.example",
    )
    with patch("bilag.transfers.activation.switch.check_saved", made.report):
        yield made
    gateways.forget_all()


def all_or_nothing(before: dict[str, Any], stopped: dict[str, Any], events: list[Any]) -> None:
    """Between two commits there is no half of a saved setup."""
    saved = stopped["version"] != before["version"]
    assert saved == (stopped["unit"] != before["unit"])
    assert saved == (("setup_saved", "1", None) in events)
    states = {number: state for _, number, state, *_ in stopped["transfers"]}
    assert saved == (states["1"] == "queued") == (states["2"] == "queued") == (states["10001"] == "queued")
    assert saved == (dict(stopped["seen"])["project"] is None)
    if not saved:
        assert (stopped, events) == (before, [])


def stopped_everywhere(
    office: Office, save: Callable[[int], None], *, live: bool = True, paused: Problem | None = None
) -> dict[str, Any]:
    """Stop the save at every step, repeat it each time, and compare the end with a save that nobody disturbed.

    Gives that end, for what a test wants to say about it.
    """
    ends: dict[int, Any] = {}
    for unit in UNITS:
        office.begin(5 - unit, live=live, paused=paused)
        before, since = office.picture(), now()
        save(unit)
        ends[unit] = office.since(before), history(since)
        assert enqueue_names(ends[unit][0]) <= {"transfers.poll", "transfers.probe"}, "the check of the save was done"
    for step in range(MOST_STEPS):
        unit = UNITS[step % 2]
        office.begin(5 - unit, live=live, paused=paused)
        before, since = office.picture(), now()
        with stopping(step) as stopper:
            save(unit)
        if not stopper.stopped:
            assert step > FEWEST_STEPS, "it was stopped hardly anywhere"
            return {**ends[unit][0], "events": [name for name, *_ in ends[unit][1][0]]}
        all_or_nothing(before, office.picture(), history(since)[0])
        save(unit)
        office.finish()
        assert (office.since(before), history(since)) == ends[unit], f"stopped at step {step}"
    raise AssertionError("the save never came to an end")


def enqueue_names(picture: dict[str, Any]) -> set[str]:
    return set(picture["other jobs"])


@pytest.mark.parametrize("caller", ["by_command", "by_api", "by_page"])
def test_a_save_that_was_stopped_and_repeated_ends_like_one_that_was_not(office: Office, caller: str) -> None:
    end = stopped_everywhere(office, getattr(office, caller))
    assert end["version"] == 1
    assert {"10001", "1", "2"} <= end["queued"], "the customer and the projects move to the new unit"
    assert (end["live"], end["paused"], end["events"]) == (True, None, ["setup_saved"])


@pytest.mark.parametrize("caller", ["by_command", "by_api"])
def test_a_paused_company_is_resumed_once_although_the_save_was_stopped(office: Office, caller: str) -> None:
    end = stopped_everywhere(office, getattr(office, caller), paused=EARLIER)
    assert (end["paused"], end["events"]) == (None, ["setup_saved", "resumed"])
    assert end["queued"] == {"10001", "1", "2", "5001"}


@pytest.mark.parametrize("caller", ["by_command", "by_page"])
def test_a_setup_that_cannot_work_pauses_once_although_the_save_was_stopped(office: Office, caller: str) -> None:
    office.misconfigured = WRONG
    end = stopped_everywhere(office, getattr(office, caller))
    assert (end["live"], end["paused"], end["events"]) == (True, WRONG, ["setup_saved", "paused"])


def test_a_company_goes_live_once_although_its_file_was_applied_twice(office: Office) -> None:
    end = stopped_everywhere(office, office.by_command, live=False)
    assert (end["live"], end["events"]) == (True, ["setup_saved", "live"])
    assert end["queued"] == {"10001", "1", "2", "5001"}


def test_a_company_that_cannot_work_is_live_and_paused_as_its_file_says(office: Office) -> None:
    office.misconfigured = WRONG
    end = stopped_everywhere(office, office.by_command, live=False)
    assert (end["live"], end["paused"], end["events"]) == (True, WRONG, ["setup_saved", "live", "paused"])


def test_a_file_that_says_not_live_switches_off_in_the_same_transaction(office: Office) -> None:
    end = stopped_everywhere(office, lambda unit: office.by_command(unit, live=False))
    assert (end["live"], end["events"], end["queued"]) == (False, ["setup_saved", "not_live"], set())


def test_a_new_company_is_there_whole_or_not_at_all(office: Office) -> None:
    from bilag.companies.models import Company, IntegrationSetup

    for step in range(MOST_STEPS):
        slug, since = f"ny-{step}", now()
        with stopping(step) as stopper:
            office.new_by_page(slug)
        if stopper.stopped:
            there = Company.objects.filter(slug=slug).exists()
            assert there == IntegrationSetup.objects.filter(company__slug=slug).exists()
            assert there == (("setup_saved", None) in [(name, code) for name, _, code in history(since)[0]])
            office.new_by_page(slug)
        company = Company.objects.get(slug=slug)
        events, changes = history(since)
        assert [name for name, *_ in events] == ["setup_saved"]
        assert len(changes) == int(events[0][1]), "each setting is a change, once"
        assert (company.live, company.setup.version) == (False, 1)
        if not stopper.stopped:
            assert step > FEWEST_STEPS / 2
            return
    raise AssertionError("the save never came to an end")


def left_check(office: Office, unit: int = 3, *, live: bool | None = None) -> Any:
    """A setup is saved, and the process stops before it is checked."""
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    document = {**office.document, "dimensions": {"project": unit, "department": 1}}
    return save_setup(parse_company_file(document, {}), origin="test", live=live)


def check_jobs() -> list[Any]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return [job.args for job in ProcrastinateJob.objects.filter(task_name="transfers.check_setup", status="todo")]


def let_time_pass() -> None:
    """All that is planned in the queue is due, and a real worker does it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name <> 'transfers.check_setup'")
        cursor.execute("update procrastinate_jobs set scheduled_at = now()")
    work_off()


def test_a_worker_checks_what_a_stopped_process_left(office: Office) -> None:
    left_check(office)
    assert len(check_jobs()) == 1
    office.misconfigured = WRONG
    let_time_pass()
    assert check_jobs() == []
    assert office.picture()["paused"] == WRONG


def test_a_worker_makes_a_company_live_whose_file_was_applied_by_a_process_that_stopped(office: Office) -> None:
    from bilag.companies.models import SetupChange

    office.begin(2, live=False, paused=None)
    left_check(office, live=True)
    assert not office.picture()["live"], "not before its check"
    let_time_pass()
    assert office.picture()["live"]
    change = SetupChange.objects.filter(field="company.live").latest("id")
    assert (change.origin, change.new) == ("test", True)


def test_only_the_newest_save_is_checked(office: Office) -> None:
    first, second = left_check(office, 3), left_check(office, 4)
    assert [one["version"] for one in check_jobs()] == [second.version]
    from bilag.transfers.activation import save_setup

    office.misconfigured = WRONG
    save_setup.run_enqueued_check(office.company_id, first.version, live=False, origin="test")
    assert office.picture()["paused"] is None, "its setup is not in force any more"
    save_setup.check_saved(first)
    assert [one["version"] for one in check_jobs()] == [second.version], "the newer check is still to come"


def test_a_person_who_switches_off_is_not_overruled_by_an_earlier_file(office: Office) -> None:
    from bilag.transfers.activation import switch

    office.begin(2, live=True, paused=None)
    left_check(office, live=True)
    switch.deactivate(office.company_id, origin="kari")
    let_time_pass()
    assert not office.picture()["live"]


def test_a_company_that_is_not_live_is_not_checked_after_saving(office: Office) -> None:
    office.begin(2, live=False, paused=None)
    left_check(office)
    assert check_jobs() == []


def test_a_project_that_is_sent_while_the_setup_is_saved_moves_afterwards(office: Office) -> None:
    """Its worker began under the earlier setup: what it writes down at its end must not be the last word."""
    from bilag.companies import store
    from bilag.transfers.delivery.commit import commit_outcome
    from bilag.transfers.delivery.outcome import done
    from bilag.transfers.delivery.run import TransferRun
    from bilag.transfers.models import State, Transfer

    office.begin(2, live=True, paused=None)
    Transfer.objects.filter(number="1").update(state=State.SENDING)
    row = Transfer.objects.get(number="1")
    setup = store.load_setup(office.company_id)
    run = TransferRun(
        transfer=row,
        setup=setup,
        seen=row.request_count,
        forced=False,
        exchanges=[],
        deliver_first=lambda _: None,
    )
    left_check(office)
    commit_outcome(run, done(accepted_hash="b" * 64, unit_value="1", moment_version=1))
    row.refresh_from_db()
    assert (row.state, row.accepted_hash) == (State.QUEUED, None)
    assert "1" in office.picture()["queued"]
