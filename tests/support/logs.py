"""What Bilag's log would say: written as the service writes it, into a text that the test reads."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import structlog


@contextmanager
def logged(form: str) -> Iterator[io.StringIO]:
    """Log as `bilag serve` does with BILAG_LOG=`form`, and put everything back afterwards."""
    from bilag.service import logs
    from bilag.service.environment import Environment

    said, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with patch.object(logs, "environment", Environment({"BILAG_LOG": form})), patch("sys.stderr", said):
        try:
            logs.configure_logging()
            yield said
        finally:
            root.handlers = handlers
            root.setLevel(level)
            structlog.reset_defaults()
