"""The accounting system of a run: the hub, or PowerOffice Go. Each knows its stand-in, and how its people and faults are.

base   what a run asks of it
hub    the hub (the default)
go     PowerOffice Go, by both ways to post
"""

from simulation.accounting.base import Accounting
from simulation.accounting.go import GoAccounting, OnlyManual, OnlyOutgoing
from simulation.accounting.hub import HubAccounting

DESTINATIONS: dict[str, type[Accounting]] = {"hub": HubAccounting, "poweroffice_go": GoAccounting}
"""The accounting systems of runs, by the name that the command takes."""
HUB = "hub"
OF_ONE_SHAPE: dict[str, type[Accounting]] = {one.name: one for one in (HubAccounting, OnlyOutgoing, OnlyManual)}
"""Those of the exhaustive search, in which nothing is left to a seed."""

__all__ = ["DESTINATIONS", "HUB", "OF_ONE_SHAPE", "Accounting", "GoAccounting", "HubAccounting"]
