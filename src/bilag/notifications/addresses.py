"""The addresses of pages that emails link to."""

from django.conf import settings
from django.utils.http import urlencode

from bilag.companies.setup import Setup

EVERYTHING = ""
"""Below the company's address: the overview, which begins with what needs attention."""
RECIPIENTS = "setup/#notify"


def path_of_transfers(cause_key: str) -> str:
    """Return the page of the transfers with one cause, below the company's address. Emails and open causes know no other."""
    return f"transfers/?{urlencode({'cause': cause_key})}"


def address_of(setup: Setup, path: str) -> str:
    """Return the whole address of a page below the company's."""
    return f"{settings.BILAG_BASE_URL}/c/{setup.slug}/{path}"
