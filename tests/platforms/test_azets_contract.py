"""Every request that leaves is one that the published contract describes: path, query and body."""

from dataclasses import replace
from typing import Any

import pytest

from bilag.platforms.conformance import CASES, Kit
from bilag.posting.dimensions import Dimensions
from bilag.posting.voucher import VoucherKind
from bilag.wire.recording import recording
from tests.support.azets.conformance import SAMPLE
from tests.support.azets.office import Office
from tests.support.azets.requests import Requests
from tests.support.azets.samples import DAY, customer, entry, invoice


@pytest.fixture
def requests(hub_contract: dict[str, Any]) -> Requests:
    return Requests(hub_contract)


def test_every_request_is_the_contracts(requests: Requests, visma: Office, poweroffice: Office) -> None:
    with recording() as exchanges:
        kit = Kit(visma.platform, visma, SAMPLE)
        for case in CASES:
            case(kit)
        of_poweroffice = Dimensions(project=2, department=1)
        other = Kit(poweroffice.platform, poweroffice, replace(SAMPLE, dimensions=of_poweroffice, project="Øst 7"))
        other.put_master_data()
        _unusual(visma)
    operations = {requests.check(exchange) for exchange in exchanges}
    assert operations == {
        "createToken", "getProfile", "listAccounts", "listVatCodes", "listPeriods", "putCustomer",
        "putOrganizationalUnitValue", "createBatch", "findBatches", "processBatches", "getBatch", "deleteBatch",
        "listVouchers", "getReport", "getDocument", "addVoucherDocument",
    }  # fmt: skip


def _unusual(office: Office) -> None:
    """What the kit does not send: journals, credit notes without a credited invoice, resumed and withdrawn batches."""
    azets = office.platform(voucher_series="MOM")
    azets.put_customer(customer(email="post@nordlys.example", address_lines=("a", "b", "c", "d", "e"), country="no"))
    office.effect("locked", times=2)
    azets.post_voucher([invoice(number=9001)], "moment-4021-invoice-9001")
    free = replace(
        invoice(number=9002), kind=VoucherKind.JOURNAL, total=entry().net * 0, customer=None, due_date=None, your_reference=None,
        entries=(entry("3910", vat="0.00", code=None), replace(entry("2965", vat="0.00", code=None), side=entry().side.opposite)),
        related_number=9001, voucher_date=DAY,
    )  # fmt: skip
    assert azets.post_voucher([invoice(number=9002), free], "moment-4021-invoice-9002").state == "posted"
    office.effect("closePeriod")
    with pytest.raises(Exception, match="period_closed"):
        azets.post_voucher([invoice(number=9003)], "moment-4021-invoice-9003")
