"""The import as a job: nothing that another system does is raised; what stopped is tried again after a while."""

import structlog

from bilag.companies import store
from bilag.expenses import tasks
from bilag.expenses.importer import NotPossible, import_expenses
from bilag.transfers.locks import Busy

log = structlog.get_logger(__name__)


def import_by_itself(company_id: int, *, origin: str = "", days_back: int | None = None) -> None:
    """Import, and see to it that what could not be finished is taken up soon."""
    try:
        run = import_expenses(company_id, origin=origin, days_back=days_back)
    except NotPossible as error:
        log.info("expenses.not_possible", company=company_id, code=error.problem.code)
        return
    except Busy:
        if origin:  # whoever asked gets an import of their own after the one that is under way
            tasks.ask_import(company_id, origin=origin, days_back=days_back, after=tasks.AGAIN_IN)
        return
    if run.problem is not None:
        log.warning("expenses.stopped", company=company_id, code=run.problem.get("code"))
    if run.problem is not None or run.counts.get("waiting"):
        tasks.ask_import(company_id, after=tasks.AGAIN_IN)


def ask_all() -> None:
    """Ask for an import of each company that is open and wants expenses back."""
    for company_id in store.open_companies():
        if store.load_setup(company_id).expenses.enabled:
            tasks.ask_import(company_id)
