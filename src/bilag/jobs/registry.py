"""Register the tasks of all apps with Procrastinate, in the processes that run jobs.

Enqueueing a job names its task by text and needs no registration, so a web process or a command imports no task.
"""

from django.utils.module_loading import autodiscover_modules


def register_tasks() -> None:
    """Import the module `tasks` of each app; a second call does nothing."""
    autodiscover_modules("tasks")
