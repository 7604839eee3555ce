"""The web application as a server runs it: probes, webhooks and static files in front of Django's pages."""

import django
from starlette.types import ASGIApp

from bilag.web.page_requests import FewAtATime, OneThreadHandler
from bilag.web.static_files import with_static_files


def application() -> ASGIApp:
    """Set Django up, and return the application."""
    django.setup(set_prefix=False)
    from bilag.web.probes import with_probes  # they import models, which need Django
    from bilag.web.webhooks.endpoint import with_webhooks

    return with_probes(with_webhooks(with_static_files(FewAtATime(OneThreadHandler()))))


def probes() -> ASGIApp:
    """Set Django up, and return the application of a worker: probes and nothing else."""
    django.setup(set_prefix=False)
    from bilag.web.probes import nothing_else, with_probes

    return with_probes(nothing_else)
