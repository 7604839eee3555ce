"""The time after the adversary: causes are fixed, users retry once, and the service works until nothing is left to do."""

from datetime import timedelta

from django.db import connection

from bilag.companies import store
from bilag.expenses import enqueue
from bilag.notifications import email_sender, sweep
from bilag.transfers.activation.save_setup import check_saved
from bilag.transfers.intake import accept, poll
from bilag.transfers.models import ACTIVE, State, Transfer
from simulation import queue, workers
from simulation.clock import CLOCK
from simulation.people import repair_books
from simulation.world import World

MOST_ROUNDS = 400
LONGEST = timedelta(days=8)
ROUND = timedelta(seconds=60)
JOBS_OF_A_ROUND = 500


class NeverQuiet(AssertionError):
    """Work remains long after the adversary is switched off."""


def settle_down(world: World) -> None:
    """Switch the adversary off, fix the causes, and work until quiet. Raises `NeverQuiet`."""
    world.note("-- the adversary goes")
    world.adversary.active = False
    world.wires.deliver_late(all_of_them=True)
    right = world.accounting.password
    for firm in world.firms:
        for client in dict.fromkeys(firm.clients):
            world.accounting.calm(world, client)
        repair_books(world, firm)
        if firm.setup.get("password", right) != right or not all(firm.setup.get("export", {}).values()):
            dates = {name: value for name, value in firm.setup.get("export", {}).items() if name == "invoices_from"}
            check_saved(firm.apply(password=right, export=dates))
    _work_until_quiet(world)
    poll.poll_now()
    for firm in world.firms:
        enqueue.ask_import(firm.company_id)
    _work_until_quiet(world)
    world.note("-- a person retries what needs attention")
    world.accounting.follow_remedies(world)
    for firm in world.firms:
        accept.retry(firm.company_id, origin="simulation")
    poll.poll_now()
    _work_until_quiet(world)
    for _ in range(2 if "letters" in world.features else 0):  # the second takes up what lost its job
        sweep.notify_all()
        _work_until_quiet(world)
        CLOCK.pass_time(email_sender.SHORTEST_CLAIM + sweep.OVERDUE_AFTER + ROUND)


def _work_until_quiet(world: World) -> None:
    deadline = CLOCK.wall + LONGEST
    for _ in range(MOST_ROUNDS):
        CLOCK.sync_database()
        queue.requeue_abandoned(20)
        queue.tend()
        workers.run_here(JOBS_OF_A_ROUND, world.wires, world.note)
        if _is_quiet(world):
            return
        if deadline < CLOCK.wall:
            break
        due = queue.next_due()
        CLOCK.pass_time(max(ROUND, due - CLOCK.wall) if due is not None else ROUND)
    states = list(Transfer.objects.filter(state__in=ACTIVE).values_list("kind", "number", "state", "failures"))
    paused = [store.load_setup(firm.company_id).paused for firm in world.firms]
    raise NeverQuiet(f"not at rest after {LONGEST.days} days: {states[:10]}, jobs {_jobs()}, paused {paused}")


def _is_quiet(world: World) -> bool:
    if _jobs() or any(store.load_setup(firm.company_id).paused is not None for firm in world.firms):
        return False
    return not Transfer.objects.filter(state__in=ACTIVE).exclude(state=State.SKIPPED).exists()


def _jobs() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name, status::text from procrastinate_jobs where status in ('todo', 'doing') order by id limit 5"
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]
