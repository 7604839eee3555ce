"""Turn the expected errors of a command into a sentence and an exit status."""
# Imports stand inside the functions: a command that succeeds, or only prints its help, does not pay for them.

from collections.abc import Callable
from contextvars import copy_context
from functools import wraps
from typing import ParamSpec, TypeVar

from bilag.cli.output import NEEDS_ATTENTION, UNREACHABLE, WRONG_USAGE, fail

P = ParamSpec("P")
R = TypeVar("R")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Run the command; end an expected error with its sentence on stderr and its exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            # In a context of its own: what a command sets, such as the system that its sentences name, ends with it.
            return copy_context().run(command, *args, **kwargs)
        except Exception as error:
            if not isinstance(error, _expected_errors()):
                raise
            fail(*_sentence_and_status(error))

    return run


def _expected_errors() -> tuple[type[Exception], ...]:
    """Return the errors that a person can do something about."""
    from django.db import OperationalError

    from bilag.companies.secrets import SecretsUnreadable
    from bilag.service.database import FolderInUse
    from bilag.service.database_faults import DatabaseAway
    from bilag.service.environment import EnvironmentFault
    from bilag.wire.errors import EdgeError

    return (DatabaseAway, EdgeError, EnvironmentFault, FolderInUse, OperationalError, SecretsUnreadable)


def _sentence_and_status(error: Exception) -> tuple[str, int]:
    from bilag.companies.secrets import SecretsUnreadable
    from bilag.messages import render_problem
    from bilag.service.database import FolderInUse
    from bilag.service.environment import EnvironmentFault
    from bilag.wire.errors import EdgeError, Unavailable

    if isinstance(error, EdgeError):
        rendered = [render_problem(problem, "en") for problem in error.problems]
        sentences = "\n".join(f"{one.message} {one.remedy}" for one in rendered)
        return sentences, UNREACHABLE if isinstance(error, Unavailable) else NEEDS_ATTENTION
    if isinstance(error, FolderInUse):
        return str(error), NEEDS_ATTENTION
    if isinstance(error, EnvironmentFault | SecretsUnreadable):
        return str(error), WRONG_USAGE
    from bilag.service.database_faults import DatabaseAway, sentence

    return str(error) if isinstance(error, DatabaseAway) else sentence(error), UNREACHABLE
