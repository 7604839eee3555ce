"""A rehearsal of books in Tryton that another integration kept."""

from bilag_sandbox.common import HeldClock
from tests.support.earlier_ledger import applied_company, check_rehearsal
from tests.support.sandboxes import Stage, new_moment
from tests.support.tryton.office import Office


def test_setup_is_proposed_from_the_books_and_then_they_are_equal(
    database: None, moment_stage: Stage, office: Office
) -> None:
    from bilag.companies import gateways

    gateways.forget_all()
    moment_url = moment_stage.show(new_moment(HeldClock(), sample="finalized"))
    company_id = applied_company(moment_url, {"kind": "tryton", "tryton": office.setup})
    check_rehearsal(company_id, moment_url, office.platform)
    gateways.forget_all()
