"""The remedies of PowerOffice Go's own codes, carried out literally: the check passes, or the voucher is posted once."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from bilag.platforms.conformance import Kit
from bilag.platforms.poweroffice_go.platform import PowerOfficeGoPlatform
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from tests.support.poweroffice_go.company import MANUAL, OUTGOING, PRIVILEGES, SAMPLE, Company
from tests.support.poweroffice_go.fixtures import invoice_for, key
from tests.support.poweroffice_go.judge import Judge


def fails_with(code: str, platform: PowerOfficeGoPlatform) -> None:
    failed = [problem.code for step in platform.check() for problem in step.problems]
    assert code in failed, failed


def passes(platform: PowerOfficeGoPlatform) -> None:
    assert [(step.name, step.problems) for step in platform.check() if not step.ok] == []


@pytest.mark.parametrize(
    ("code", "field", "wrong"),
    [
        ("poweroffice_not_there", "base_url", "{address}/admin/v2"),
        ("poweroffice_keys_refused", "client_key", "99999999-0000-4000-8000-000000000000"),
        ("poweroffice_client_differs", "client", "Fjell Arkitekter AS"),
    ],
)
def test_a_field_is_corrected_in_the_setup(
    code: str, field: str, wrong: str, outgoing: Company, go_judge: Judge
) -> None:
    value = wrong.format(address=outgoing.address)
    fails_with(code, outgoing.platform(values={field: value}))
    passes(outgoing.platform(values={"client": "  fjord  ARKITEKTER as"}))  # capital letters and blanks do not count


def test_the_application_key_is_corrected_by_the_operator(outgoing: Company) -> None:
    fails_with("poweroffice_keys_refused", outgoing.platform(installation={"application_key": "f" * 36}))
    passes(outgoing.platform())


def test_the_key_of_the_right_client_is_entered(outgoing: Company, new_company: Callable[..., Company]) -> None:
    other = new_company()
    wrong = {"client": "Fjord Arkitekter AS", "client_key": other.client_key}
    other.configure(clientName="Havbris Konsulent AS")
    fails_with("poweroffice_client_differs", outgoing.platform(values=wrong))
    invoice = invoice_for(outgoing)
    with pytest.raises(Misconfigured):
        outgoing.platform(values=wrong).post_voucher([invoice], key(invoice))
    assert other.vouchers() == []
    passes(outgoing.platform())


def test_the_subscription_key_is_corrected_by_the_operator(outgoing: Company, go_judge: Judge) -> None:
    fails_with("poweroffice_subscription_refused", outgoing.platform(installation={"subscription_key": "0" * 32}))
    go_judge.exchanges.clear()  # the gateway answers for this key, and no published file has its answer
    passes(outgoing.platform())


@pytest.mark.parametrize("missing", ["AccountTransaction", "Customer_Full", "CustomerLedger", "GeneralLedgerAccount"])
def test_the_access_that_is_missing_is_granted_in_go(missing: str, outgoing: Company) -> None:
    outgoing.configure(privileges=[one for one in PRIVILEGES if one != missing] + [MANUAL])
    fails_with("poweroffice_privilege_missing", outgoing.platform())
    outgoing.configure(privileges=[*PRIVILEGES, MANUAL])
    passes(outgoing.platform())


def test_the_access_to_post_is_granted_in_go(outgoing: Company) -> None:
    invoice = invoice_for(outgoing)
    outgoing.configure(privileges=list(PRIVILEGES))
    with pytest.raises(Misconfigured) as missing:
        outgoing.platform().post_voucher([invoice], key(invoice))
    (problem,) = missing.value.problems
    assert (problem.code, problem.facts["privilege"]) == ("poweroffice_privilege_missing", OUTGOING)
    outgoing.configure(privileges=[*PRIVILEGES, OUTGOING])
    assert outgoing.platform().post_voucher([invoice], key(invoice)).state == "posted"


# A voucher


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("poweroffice_timeout", {"kind": "lost_answer"}),
        ("poweroffice_fault", {"kind": "answer", "status": 500}),
        ("poweroffice_malformed", {"kind": "patch", "json": {"Id": 7}}),
    ],
)
def test_bilag_tries_again_by_itself_and_it_is_posted_once(
    code: str, fault: dict[str, Any], company: Company, go_judge: Judge
) -> None:
    invoice, platform = invoice_for(company), company.platform()
    platform.chart()
    operation = "postManualJournal" if platform.capabilities.not_carried & {"payment_id"} else "postOutgoingInvoice"
    company.fault(operation=operation, **fault)
    with pytest.raises(Unavailable) as unavailable:
        platform.post_voucher([invoice], key(invoice))
    assert [problem.code for problem in unavailable.value.problems] == [code]
    assert not unavailable.value.outcome_known
    assert platform.post_voucher([invoice], key(invoice)).state == "posted"
    assert company.count_vouchers(invoice.number) == 1


def test_the_address_is_corrected_in_the_setup(company: Company) -> None:
    invoice = invoice_for(company)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = company.platform(values={"base_url": f"http://127.0.0.1:{nobody.getsockname()[1]}/v2"})
        with pytest.raises(Unavailable) as unavailable:
            away.post_voucher([invoice], key(invoice))
    assert [problem.code for problem in unavailable.value.problems] == ["poweroffice_unreachable"]
    assert company.platform().post_voucher([invoice], key(invoice)).state == "posted"


def test_what_the_message_describes_is_corrected_in_go(company: Company) -> None:
    invoice, platform = invoice_for(company), company.platform()
    company.person("POST", "/posting", effect="refused", detail="Regnskapsåret er under avslutning.")
    with pytest.raises(Refused) as refused:
        platform.post_voucher([invoice], key(invoice))
    (problem,) = refused.value.problems
    assert (problem.code, problem.said) == ("poweroffice_refused", "Regnskapsåret er under avslutning.")
    company.person("DELETE", "/posting")
    assert platform.post_voucher([invoice], key(invoice)).state == "posted"
    assert company.count_vouchers(invoice.number) == 1


def test_the_invoice_of_an_accrual_that_stands_is_posted_on_retry(outgoing: Company) -> None:
    kit = Kit(outgoing.platform, outgoing, SAMPLE)
    invoice = invoice_for(outgoing)
    batch = [invoice, kit.journal(SAMPLE.open_day, invoice.number)]
    outgoing.person("POST", "/posting", effect="refused", detail="Nei.", status=400)
    platform = outgoing.platform()
    with pytest.raises(Refused) as first:
        platform.post_voucher(batch, key(invoice))  # the accrual is refused: nothing stands
    assert [problem.code for problem in first.value.problems] == ["poweroffice_refused"]
    assert outgoing.vouchers(invoice.number) == []
    outgoing.fault("answer", "postOutgoingInvoice", status=400, json={"title": "Nei", "status": 400, "detail": "Nei."})
    with pytest.raises(Refused) as half:
        platform.post_voucher(batch, key(invoice))
    assert [problem.code for problem in half.value.problems] == ["poweroffice_refused", "poweroffice_half_posted"]
    assert [one["reference"] for one in outgoing.vouchers(invoice.number)] == [f"{key(invoice)}/2"]
    status = outgoing.platform().post_voucher(batch, key(invoice))
    assert (status.state, len(status.others)) == ("posted", 1)
    assert sorted(one["reference"] for one in outgoing.vouchers(invoice.number)) == [key(invoice), f"{key(invoice)}/2"]


def test_the_accrual_of_a_refused_invoice_is_reversed_where_the_client_allows_it(outgoing: Company) -> None:
    outgoing.configure(privileges=[*PRIVILEGES, OUTGOING, MANUAL, "YearEndVoucher_Full"])
    kit = Kit(outgoing.platform, outgoing, SAMPLE)
    invoice = invoice_for(outgoing)
    batch = [invoice, kit.journal(SAMPLE.open_day, invoice.number)]
    outgoing.fault("answer", "postOutgoingInvoice", status=400, json={"title": "Nei", "status": 400, "detail": "Nei."})
    with pytest.raises(Refused) as refused:
        outgoing.platform().post_voucher(batch, key(invoice))
    assert [problem.code for problem in refused.value.problems] == ["poweroffice_refused"]
    assert outgoing.vouchers(invoice.number) == []
    status = outgoing.platform().post_voucher(batch, key(invoice))
    assert (status.state, len(status.others)) == ("posted", 1)
