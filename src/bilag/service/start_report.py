"""Log a process's limits when it starts."""

import structlog

from bilag.service import admission, connections
from bilag.service.environment import environment

log = structlog.get_logger(__name__)


def report() -> None:
    """Log how many connections to the database this process may make, and whether those of all processes of Bilag fit."""
    with admission.direct() as database:
        room = connections.room(database, environment.database_connections)
    told = log.info if room.fits() else log.warning
    told("database.connections", fits=room.fits(), sum=room.sentence(), pooler=connections.is_pooled())
