"""Runs the job that looks for open causes and sends the e-mails."""

from tests.support.world import World

OFFICE = "regnskap@fjell.example"


def look(world: World) -> None:
    """What the job of each minute does, and the sending."""
    from bilag.notifications import alerts

    alerts.notify_new_problems(world.company_id)
    world.work()
