"""What both sandboxes share: a server on loopback, a store that survives a kill, and faults on demand.

How a sandbox uses it::

    store = Store.open(data_folder, "moment.sqlite3", SCHEMA)     # None as folder: in memory
    inner = Starlette(routes=[Route("/v1/things", things, methods=["GET"], name="listThings"), ...])
    app = with_faults(inner, FaultBoard(), answer=my_error_answer)  # adds /admin/faults

    with running(app) as base_url: ...            # in a test, on a free port
    serve(app, port=8100, started=callback)       # as a process, until SIGINT or SIGTERM

A route's `name` is the contract's operationId, which faults refer to. Faults never hit paths under `/admin`.
"""

from bilag_sandbox.common.clock import Clock, HeldClock
from bilag_sandbox.common.fault_board import FaultBoard, with_faults
from bilag_sandbox.common.fault_spec import Fault, FaultSpecError
from bilag_sandbox.common.serve import PortTaken, running, serve
from bilag_sandbox.common.store import DataInUse, DataUnreadable, Store

__all__ = [
    "Clock",
    "DataInUse",
    "DataUnreadable",
    "Fault",
    "FaultBoard",
    "FaultSpecError",
    "HeldClock",
    "PortTaken",
    "Store",
    "running",
    "serve",
    "with_faults",
]
