"""Steps of workers, machines and clocks: work, kills, frozen processes, cut sessions, restarts, a backup that is restored."""

from datetime import timedelta

from django.db import connection

from bilag.expenses.enqueue import ask_import
from bilag.transfers import enqueue
from bilag.transfers.models import ACTIVE, Transfer
from simulation import backup, queue, restarting, workers
from simulation.clock import CLOCK
from simulation.firms import Firm
from simulation.steps import STEPS, step
from simulation.world import World

FROZEN_SECONDS = (25, 70, 400)
"""Less than a lease lasts; longer; and long after. A worker counts as dead after 20 seconds."""


@step(24)
def work(world: World, firm: Firm) -> None:
    """Let a worker perform some jobs."""
    workers.run_here(world.chance.randint(1, 8), world.wires, world.note)


CONCURRENT_STEPS = (
    "rename_customer",
    "rename_project",
    "change_setup",
    "finalise",
    "webhooks_arrive",
    "poll",
    "user_retries",
    "forge_webhook",
    "exclude_invoice",
    "change_client",
    "change_moment",
)


def _forked(world: World, firm: Firm, count: int, limit: int, accidents: workers.Accidents) -> int:
    """Run workers in processes of their own while users act."""
    may = [name for name in CONCURRENT_STEPS if STEPS[name].feature in ("", *world.features)]

    def meanwhile() -> None:
        name = world.chance.choice(may)
        world.note(f"  in mid-flight: {name}")
        world.adversary.count(f"in mid-flight: {name.replace('_', ' ')}")
        STEPS[name].act(world, firm)

    return workers.forked(count, limit, world.wires, world.note, world.chance, accidents, meanwhile)


def _wake_three() -> None:
    """Let any worker try three transfers now, whoever has them."""
    active = Transfer.objects.filter(state__in=ACTIVE).order_by("id")
    for pk in active.values_list("pk", flat=True)[:3]:
        enqueue.wake(pk)


@step(12)
def work_and_die(world: World, firm: Firm) -> None:
    """Kill a worker with SIGKILL at a request or a commit."""
    kills = {0: world.chance.randint(1, 60)}
    world.kills += _forked(world, firm, 1, 6, workers.Accidents(kills=kills))


@step(7)
def two_workers(world: World, firm: Firm) -> None:
    """Run two workers at once, both woken for the same transfers; perhaps kill one."""
    _wake_three()
    kills = {world.chance.randint(0, 1): world.chance.randint(1, 60)} if world.chance.random() < 0.3 else {}
    world.adversary.count("two workers at once")
    world.kills += _forked(world, firm, 2, 4, workers.Accidents(kills=kills))


@step(6, "machines")
def session_cut(world: World, firm: Firm) -> None:
    """End a worker's database session at a request or a commit, as an operator or a failing network does."""
    cuts = {0: world.chance.randint(1, 60)}
    world.kills += _forked(world, firm, 1, 6, workers.Accidents(cuts=cuts))


@step(9, "machines")
def freeze(world: World, firm: Firm) -> None:
    """Freeze a worker at a request or a commit, let another do its work, and wake it."""
    point, seconds = world.chance.randint(1, 60), world.chance.choice(FROZEN_SECONDS)
    cut, to_create = world.chance.random() < 0.5, world.chance.random() < 0.6
    if to_create:
        point = 1
        ask_import(firm.company_id)

    def while_frozen() -> None:
        CLOCK.pass_time(timedelta(seconds=seconds))
        CLOCK.sync_database()
        world.wires.deliver_late()
        queue.requeue_abandoned(20)
        queue.tend()
        _wake_three()
        ask_import(firm.company_id)
        workers.run_here(12, world.wires, world.note)

    world.adversary.count(f"worker frozen{', its session cut' if cut else ''}, and woken")
    accidents = workers.Accidents(
        freezes={0: point}, freeze_to_create=to_create, cut_frozen=cut, while_frozen=while_frozen
    )
    world.kills += _forked(world, firm, 1, 12, accidents)


@step(14)
def time_passes(world: World, firm: Firm) -> None:
    """Let seconds to minutes pass, sometimes an hour."""
    seconds = world.chance.choice((1, 3, 5, 20, 61, 300, 3600))
    CLOCK.pass_time(timedelta(seconds=seconds))
    CLOCK.sync_database()
    world.note(f" {seconds} s")
    world.wires.deliver_late()
    if seconds >= 20:
        taken = queue.requeue_abandoned(20)
        if taken:
            world.note(f" {taken} jobs of dead workers are queued again")
        queue.tend()


@step(3)
def clock_jumps(world: World, firm: Firm) -> None:
    """Correct the machine's clock, forward or back."""
    seconds = world.chance.choice((-300, -30, -2, 2, 30, 600))
    if seconds > 0:  # a late request arrives within a minute of true time, which a jump would skip
        world.wires.deliver_late(all_of_them=True)
    CLOCK.jump(timedelta(seconds=seconds))
    CLOCK.sync_database()
    world.adversary.count("clock jumped")


@step(6, "backups")
def back_up(world: World, firm: Firm) -> None:
    """Back the database up."""
    world.backup = backup.take(world)


@step(4, "backups")
def restore(world: World, firm: Firm) -> None:
    """Restore the last backup, and let a person recover each company."""
    if world.backup is not None:
        backup.restore(world, world.backup)
        world.adversary.count("backup restored")


def restart_database(world: World) -> None:
    """Restart PostgreSQL under a worker. Only some runs do, because it takes a second."""
    point = world.chance.randint(1, 40)
    how = world.chance.choice(("fast", "immediate"))

    def at(passed: int) -> None:
        if passed == point:
            restarting.restart(how)
            world.adversary.count("PostgreSQL restarted")
            world.note(f"  PostgreSQL restarted ({how})")

    workers.run_here(6, world.wires, world.note, at=at)
    connection.close()
