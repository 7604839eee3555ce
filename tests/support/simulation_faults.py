"""Faults that were in Bilag until a seed found them, put back for a test: by each, the seed that must still find it."""

from contextlib import ExitStack
from typing import Any
from unittest.mock import patch


def raises_at_a_job_queued_anew(stack: ExitStack) -> None:
    """A killed worker's job is queued again although one of its queueing lock is in the queue."""
    from django.utils import timezone

    from simulation import queue

    async def take_up(app: Any, seconds: float) -> int:
        jobs = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
        for job in jobs:
            await app.job_manager.retry_job(job, retry_at=timezone.now())
        return len(jobs)

    stack.enter_context(patch.object(queue, "take_up_abandoned", take_up))


def sends_activities_in_doubt(stack: ExitStack) -> None:
    """Send an activity again at once when its answer was lost."""
    from bilag.expenses import projects

    stack.enter_context(patch.object(projects, "wait_if_sent", lambda _sent_at: None))


def activities_arrive_late(stack: ExitStack) -> None:
    """Let Moment create each activity after the client has given up, while the adversary is active."""
    from simulation.adversary import Adversary

    choose = Adversary.fault

    def fault(adversary: Adversary, side: str, operation: str) -> str | None:
        chosen = choose(adversary, side, operation)
        return "time-out, the work later" if adversary.active and operation == "createProjectExtension" else chosen

    stack.enter_context(patch.object(Adversary, "fault", fault))
