"""Whether traces are enabled (`OTEL_EXPORTER_OTLP_ENDPOINT`), and where they are sent. Libraries are imported at the first
span.

No failure here fails a transfer: it is logged once, and work continues without spans.
"""

import atexit
import importlib.util
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import structlog

from bilag.wire import spans
from bilag.wire.spans import Attributes, Mark, Span

if TYPE_CHECKING:
    from bilag.service.otlp import SdkRecorder

log = structlog.get_logger(__name__)
ENDPOINT, ENDPOINT_OF_TRACES = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
HTTP = "http/protobuf"
NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
INSTALL = "pip install 'bilag[traces]'"
CHECK_SECONDS = 3.0
Variables = Mapping[str, str]
T = TypeVar("T")


def endpoint(variables: Variables) -> tuple[str, str] | None:
    """Return the variable that enables traces, and the address that they are sent to; None if it is not set."""
    if variables.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    if variables.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() == "none":
        return None
    for name, path in ((ENDPOINT_OF_TRACES, ""), (ENDPOINT, "/v1/traces")):
        given = variables.get(name, "").strip()
        if given:
            return name, (given.rstrip("/") + path if path else given)
    return None


def fault(variables: Variables) -> str:
    """Return why traces that are wanted cannot be sent, and what to do; empty if they can."""
    wanted = endpoint(variables)
    if wanted is None:
        return ""
    name, address = wanted
    if shown(address) == "":
        return f"{name} is no web address. Give the address of a collector, such as http://127.0.0.1:4318"
    for protocol in PROTOCOLS:
        if variables.get(protocol, HTTP).strip() not in ("", HTTP):
            return (
                f"{protocol} is {variables[protocol]!r}, which Bilag does not speak. Set it to {HTTP}, and {name} to the "
                "collector's port for that, usually 4318"
            )
    if not all(map(_is_installed, NEEDED)):
        return f"{name} asks for traces, and what sends them is not installed. Run: {INSTALL}"
    return ""


def shown(address: str) -> str:
    """Return scheme, host and port of an address: the rest may hold a secret. Empty if it is no web address."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.scheme in ("http", "https") and parts.hostname else ""


def refusal() -> str:
    """Return how the collector refuses traces, such as "does not answer"; empty if it accepts them. `fault` has found nothing."""
    from bilag.service import otlp

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    try:
        return otlp.refusal(CHECK_SECONDS)
    except Exception as error:  # noqa: BLE001 - of the SDK's variables, such as a certificate that is no file
        return f"cannot be asked: {type(error).__name__}"


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def start(variables: Variables | None = None, *, told: bool = True) -> None:
    """Start recording spans if traces are enabled. Libraries are imported at the first span, or by `warm_up`.

    `told`: log failures. A command that a person typed does not: `bilag doctor` reports them.
    """
    if not told:
        for name in ("bilag.service.traces", "bilag.service.otlp"):
            logging.getLogger(name).setLevel(logging.ERROR)
    variables = os.environ if variables is None else variables
    wanted = endpoint(variables)
    if wanted is None:
        return
    wrong = fault(variables)
    if wrong:
        log.warning("traces.off", fault=wrong)
        return
    spans.record_with(Traces())


def warm_up() -> None:
    """Import now what traces need: the first webhook of a process that serves need not wait for it."""
    recorder = spans.recorder()
    if isinstance(recorder, Traces) and recorder.sdk is not None:
        log.info("traces.on", to=shown((endpoint(os.environ) or ("", ""))[1]))


class Traces:
    """The recorder of a process. A fault of the SDK is logged once, and then no span is recorded any more."""

    @cached_property
    def sdk(self) -> "SdkRecorder | None":
        """The SDK's recorder; None if it cannot be had."""
        try:
            from bilag.service.otlp import SdkRecorder

            made = SdkRecorder()
        except Exception as error:  # noqa: BLE001 - whatever it is, transfers go on
            self._broke(error)
            return None
        atexit.register(made.stop)
        return made

    @contextmanager
    def span(self, span: Span) -> Iterator[None]:
        opened = self._asked(lambda sdk: sdk.opened(span))
        error = ""
        try:
            yield
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            if opened is not None:
                self._asked(lambda sdk: sdk.closed(opened, error))

    def finished(self, span: Span) -> None:
        self._asked(lambda sdk: sdk.finished(span))

    def note(self, attributes: Attributes) -> None:
        self._asked(lambda sdk: sdk.note(attributes))

    def current(self) -> Mark | None:
        return self._asked(lambda sdk: sdk.current())

    def keeps(self) -> bool:
        return bool(self._asked(lambda sdk: sdk.keeps()))

    def _asked(self, what: "Callable[[SdkRecorder], T]") -> "T | None":
        sdk = self.sdk
        if sdk is None:
            return None
        try:
            return what(sdk)
        except Exception as error:  # noqa: BLE001 - whatever it is, transfers go on
            self._broke(error)
            return None

    def _broke(self, error: Exception) -> None:
        spans.record_with(None)
        log.warning("traces.failed", error=type(error).__name__)
