"""The web application as a server runs it: webhooks and static files in front of Django's pages."""

import django
from starlette.types import ASGIApp

from bilag.web.page_requests import FewAtATime, OneThreadHandler
from bilag.web.static_files import with_static_files


def application() -> ASGIApp:
    """Set Django up, and return the application."""
    django.setup(set_prefix=False)
    from bilag.web.webhooks.endpoint import with_webhooks  # it imports models, which need Django

    return with_webhooks(with_static_files(FewAtATime(OneThreadHandler())))
