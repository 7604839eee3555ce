"""What can go wrong around any command, as a sentence and an exit status."""

from bilag.cli.output import NEEDS_PERSON, UNREACHABLE, WRONG_USAGE
from bilag.messages import render_problem as told_problem
from bilag.service.database import FolderInUse
from bilag.service.environment import EnvironmentFault
from bilag.wire.errors import EdgeError, Unavailable


def expected() -> tuple[type[Exception], ...]:
    """The errors that a person can do something about."""
    from django.db import OperationalError

    from bilag.companies.secrets import SecretsUnreadable

    return (EdgeError, EnvironmentFault, FolderInUse, OperationalError, SecretsUnreadable)


def told(error: Exception) -> tuple[str, int]:
    """The sentence and the status."""
    if isinstance(error, EdgeError):
        sentences = [
            f"{one.message} {one.remedy}" for one in (told_problem(problem, "en") for problem in error.problems)
        ]
        return "\n".join(sentences), UNREACHABLE if isinstance(error, Unavailable) else NEEDS_PERSON
    if isinstance(error, FolderInUse):
        return str(error), NEEDS_PERSON
    from bilag.companies.secrets import SecretsUnreadable

    if isinstance(error, EnvironmentFault | SecretsUnreadable):
        return str(error), WRONG_USAGE
    return (
        f"The database does not answer: {str(error).splitlines()[0]}. Is it running? DATABASE_URL names it.",
        UNREACHABLE,
    )
