"""The web application: webhooks and static files in front of Django. Imported once Django is set up."""

from django.core.asgi import get_asgi_application
from starlette.types import ASGIApp

from bilag.web.static_files import with_static_files
from bilag.web.webhooks.endpoint import with_webhooks


def application() -> ASGIApp:
    """Make the application that a web server serves."""
    return with_webhooks(with_static_files(get_asgi_application()))
