"""The accounting system of a run: the hub, or PowerOffice Go. Each knows its stand-in, and how its people and faults are.

base   what a run asks of it
hub    the hub (the default)
go     PowerOffice Go, by both ways to post
"""

from simulation.accounting.base import Accounting
from simulation.accounting.go import GoAccounting
from simulation.accounting.hub import HubAccounting

DESTINATIONS: dict[str, type[Accounting]] = {"hub": HubAccounting, "poweroffice_go": GoAccounting}
"""The accounting systems of runs, by the name that the command takes."""
HUB = "hub"

__all__ = ["DESTINATIONS", "HUB", "Accounting", "GoAccounting", "HubAccounting"]
