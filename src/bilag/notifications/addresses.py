"""The addresses of pages that emails link to."""

from django.conf import settings

from bilag.companies.setup import Setup

EVERYTHING = "attention/"
"""The inbox, below the company's address. A cause has its own page there (`bilag.inbox.open_problems`)."""
RECIPIENTS = "setup/#notify"


def address_of(setup: Setup, path: str) -> str:
    """Return the whole address of a page below the company's."""
    return f"{settings.BILAG_BASE_URL}/c/{setup.slug}/{path}"
