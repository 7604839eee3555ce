"""The company: its setup, its check and the switch "live"."""

import re
from typing import Any

from django.http import HttpRequest
from ninja import Router

from bilag.api.auth import READ, WRITE, TokenRequest, header
from bilag.api.cursors import page_by_id
from bilag.api.idempotency import idempotent
from bilag.api.language import language_of
from bilag.api.problems import RETRY_SECONDS, ApiProblem
from bilag.api.request_schemas import LiveAsked, PagedQuery, PartiesConfirmed, SetupBody
from bilag.api.schemas import ChangePage, CheckShape, CompanyShape, LiveShape, SetupSaved
from bilag.api.setup_document import SetupFaults, read_setup
from bilag.companies import refusals, store
from bilag.companies.check import StepStatus
from bilag.companies.models import SetupChange
from bilag.companies.setup import Setup
from bilag.companies.showing import change_as_json
from bilag.transfers.activation import switch
from bilag.transfers.activation.save_setup import check_saved, save_setup
from bilag.transfers.activation.switch import Refusal
from bilag.transfers.queries import company as company_queries
from bilag.transfers.queries.check_report import report_as_json

router = Router(tags=["Company"], by_alias=True)


@router.get(
    "/company", auth=READ, response=CompanyShape, exclude_unset=True, operation_id="getCompany", summary="The company"
)
def company(request: TokenRequest) -> Any:
    """Its setup without secrets, whether it is live, and the problem that it is paused for."""
    setup = request.auth.setup
    header(request, "ETag", f'"{setup.version}"')
    return _company(request, setup)


def _company(request: TokenRequest, setup: Setup) -> dict[str, Any]:
    return company_queries.company_as_json(setup, language_of(request), webhook=request.auth.allows("write"))


@router.put(
    "/setup",
    auth=WRITE,
    response=SetupSaved,
    exclude_unset=True,
    operation_id="putSetup",
    summary="Save the setup",
)
@idempotent
def put_setup(request: TokenRequest, document: SetupBody) -> Any:
    """Save the company file's document, as JSON: all of it or nothing. The answer names every fault.

    You can edit what `GET /company` gives as `setup` and send it. A secret that is omitted, or sent as "(secret)", is kept; an
    empty one is removed. With `If-Match` and the version that you have read, you get 412 instead of overwriting another change.
    A live company is checked afterwards: it stays live, or is paused with the reason.
    """
    try:
        file = read_setup(request.auth.company, document)
        saved = save_setup(file, origin=request.auth.origin, seen_version=_seen_version(request))
    except SetupFaults as faults:
        errors = faults.in_language(language_of(request))
        detail = "; ".join(f"{one['field']} {one['detail']}" for one in errors[:3])
        raise ApiProblem("invalid", detail, errors) from None
    except refusals.SetupRefused as refused:
        said = refused.said.in_language(language_of(request))
        kind = next(name for refusal, name in REFUSALS.items() if isinstance(refused, refusal))
        raise ApiProblem(kind, said, [{"field": refused.field, "detail": said}]) from None
    except store.SetupChanged as changed:
        text = f"The setup stands at version {changed.version} now."
        raise ApiProblem("setup-changed", text, more={"version": changed.version}) from None
    check_saved(saved)
    setup = request.auth.setup
    header(request, "ETag", f'"{setup.version}"')
    answer = company_queries.company_as_json(setup, language_of(request), webhook=False)
    return {**answer, "changed": sorted(saved.changed), "remarks": file.remarks}


REFUSALS = {
    refusals.MomentTaken: "moment-taken",
    refusals.LedgerTaken: "ledger-taken",
    refusals.LedgerInUse: "ledger-in-use",
}
"""The problem of each reason why a setup is not saved."""


def _seen_version(request: HttpRequest) -> int | None:
    """Return the version in If-Match; None where any is right."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    match = re.fullmatch(r'"?([0-9]{1,9})"?', given)
    if match is None:
        text = 'If-Match takes the version of the setup that you have seen, such as "7".'
        raise ApiProblem("invalid-header", text, [{"in": "header", "field": "If-Match", "detail": text}])
    return int(match[1])


@router.get(
    "/setup/changes", auth=READ, response=ChangePage, operation_id="listSetupChanges", summary="Changes of the setup"
)
def changes(request: TokenRequest, asked: PagedQuery) -> Any:
    """Every field that changed: when, by whom, from what to what; secrets only as changed."""
    rows = SetupChange.objects.filter(company=request.auth.company)
    page, following = page_by_id(rows, asked.cursor, asked.limit)
    return {"changes": [change_as_json(row) for row in page], "next": following}


@router.post("/check", auth=READ, response=CheckShape, operation_id="checkSetup", summary="Check the setup")
@idempotent
def check(request: TokenRequest) -> Any:
    """Signs in to both systems and compares accounts, VAT codes, units and periods, each problem with its remedy. Nothing is
    changed."""
    return report_as_json(switch.check(request.auth.company.pk), language_of(request))


@router.post(
    "/parties/confirm",
    auth=WRITE,
    response=CheckShape,
    operation_id="confirmParties",
    summary="Confirm that the parties are one company",
)
@idempotent
def confirm_parties(request: TokenRequest, asked: PartiesConfirmed) -> Any:
    """Keeps your word that the companies in Moment, Bilag and accounting are one, exactly as the check gave them. It holds
    until one of them changes its name or number, or the company changes its ledger or Moment.
    """
    language = language_of(request)
    try:
        report = switch.confirm_parties(request.auth.company.pk, asked.digest, origin=request.auth.origin)
    except switch.PartiesChanged as changed:
        text = (
            "Nothing was confirmed: the parties are not those of this digest, or a system does not answer. See `check`."
        )
        raise ApiProblem("not-possible", text, more={"check": report_as_json(changed.report, language)}) from None
    return report_as_json(report, language)


@router.post("/live", auth=WRITE, response=LiveShape, operation_id="setLive", summary="Switch live on or off")
@idempotent
def live(request: TokenRequest, asked: LiveAsked) -> Any:
    """Switch the company live or off. Before going live, Bilag checks the setup: the answer is 409 if a check fails, or if
    nobody is notified of problems. While the company is off, nothing is transferred.
    """
    company_id, language = request.auth.company.pk, language_of(request)
    if not asked.live:
        switch.deactivate(company_id, origin=request.auth.origin)
        return {**company_queries.live_as_json(request.auth.setup, language), "check": None}
    switched = switch.activate(company_id, origin=request.auth.origin)
    told = report_as_json(switched.report, language)
    match switched.refusal:
        case Refusal.UNREACHABLE:
            text = "Not switched on: a system could not be reached, so that the setup could not be checked."
            raise ApiProblem("unavailable", text, more={"check": told}, retry_after=RETRY_SECONDS)
        case Refusal.CHECK_FAILED:
            failed = ", ".join(step.name for step in switched.report.steps if step.status == StepStatus.FAILED)
            text = f"Not switched on: the check failed at {failed}. Each step has its remedy."
            raise ApiProblem("setup-does-not-work", text, more={"check": told})
        case Refusal.PARTIES_UNCONFIRMED:
            text = "Not switched on: first confirm that the parties are one company, with POST /parties/confirm."
            raise ApiProblem("setup-does-not-work", text, more={"check": told})
        case Refusal.NO_RECIPIENTS:
            text = "Not switched on: nobody is notified when something stops. Give notify.emails or notify.users in the setup."
            raise ApiProblem("setup-does-not-work", text, more={"check": told})
    return {**company_queries.live_as_json(request.auth.setup, language), "check": told}
