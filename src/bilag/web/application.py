"""The web application: webhooks and static files in front of Django."""

from django.core.asgi import get_asgi_application
from starlette.types import ASGIApp

from bilag.web.static_files import with_static_files


def application() -> ASGIApp:
    """Make the application that a web server serves. Sets Django up."""
    django = get_asgi_application()
    from bilag.web.webhooks.endpoint import with_webhooks  # it imports models, which need Django

    return with_webhooks(with_static_files(django))
