"""Fetch how both systems identify themselves, judge whether the parties are one company, and store what was accepted.

`parties` has the rules. A row of accepted parties is written when a company goes live, and when a person confirms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from bilag.companies import identities, store
from bilag.companies.models import AcceptedParties
from bilag.companies.parties import Accepted, Parties, Party, Standing, judge
from bilag.companies.settings import Section
from bilag.companies.setup import Setup
from bilag.companies.unfinished import empty_of, placeholder
from bilag.moment.source import source_key
from bilag.platforms.base import Client
from bilag.platforms.registry import platform_kinds
from bilag.posting.chart import Chart
from bilag.posting.problem import Problem

CODES: Mapping[Standing, str] = {
    Standing.KEPT: "parties_unconfirmed",
    Standing.UNSURE: "parties_unconfirmed",
    Standing.RENAMED: "parties_renamed",
    Standing.DIFFER: "client_is_another_company",
    Standing.REPLACED: "client_replaced",
    Standing.TWIN: "parties_shared",
}
"""The problem of each standing that is not acceptable."""
SUBJECT = "setup company.organisation_number"


@dataclass(frozen=True, slots=True)
class Seen:
    """The parties as they present themselves now, the accepted ones, and the verdict."""

    parties: Parties
    standing: Standing
    identities: frozenset[str]
    twins: frozenset[str]
    accepted_by: str = ""
    """Who confirmed them; empty if nobody did."""

    @property
    def problem(self) -> Problem | None:
        """The problem that a person must know of or solve; None if all is well."""
        code = CODES.get(self.standing)
        if code is None:
            return None
        return Problem(code, SUBJECT, facts_of(self.parties))


def look(setup: Setup, client: Client) -> Seen:
    """Judge the parties of a setup, saved or not. `client` is the client as accounting has it. Raises nothing."""
    in_moment = Party()  # Moment's API has no object for the company: nothing is known of it but its address and id
    own = Party(setup.name, setup.organisation_number)
    theirs = Party(client.name or None, client.organisation_number or None)
    parties = Parties(in_moment, own, theirs, *_keys(setup))
    found = identities.identities_of(setup, client)
    twins = identities.shared_with_others(setup.company_id, found)
    row = _accepted(setup)
    accepted = _as_accepted(row) if row is not None else None
    standing = judge(parties, accepted, twins)
    by = row.origin if row is not None and row.confirmed and standing == Standing.CONFIRMED else ""
    return Seen(parties, standing, found, twins, by)


def accept(setup: Setup, seen: Seen, *, origin: str, confirmed: bool) -> None:
    """Store the parties as accepted, when the company goes live or a person (`origin`) confirms."""
    newest = _accepted(setup)
    stored = seen.parties.as_json()
    known = newest is not None and newest.confirmed >= confirmed and newest.parties == stored
    with transaction.atomic():
        identities.remember(setup.company_id, seen.identities)
        if not known or (newest is not None and confirmed and set(newest.twins) != seen.twins):
            AcceptedParties.objects.create(
                company_id=setup.company_id,
                origin=origin,
                confirmed=confirmed,
                source=seen.parties.source,
                ledger=seen.parties.ledger,
                parties=stored,
                twins=sorted(seen.twins),
            )


def replaced_client(setup: Setup, chart: Chart, newest: int | None) -> Problem | None:
    """Return the problem if the books just read belong to another organisation than the accepted one. Sends no request.

    `newest` is the id of the company's newest row. For a company that was live before parties were compared, the first books
    read are accepted.
    """
    judged = _judged.get(setup.company_id)
    if judged is not None and judged.newest == newest and judged.setup is setup and judged.chart is chart:
        return judged.problem
    problem, final = _judge_books(setup, chart)
    if final:
        if len(_judged) >= store.MOST_KEPT:
            _judged.clear()
        _judged[setup.company_id] = _Judged(newest, setup, chart, problem)
    return problem


@dataclass(frozen=True, slots=True)
class _Judged:
    """The last verdict on a company, with everything it was based on."""

    newest: int | None
    setup: Setup
    chart: Chart
    problem: Problem | None


_judged: dict[int, _Judged] = {}


def forget_judged() -> None:
    """Clear the verdicts cached in this process. For tests."""
    _judged.clear()


def _judge_books(setup: Setup, chart: Chart) -> tuple[Problem | None, bool]:
    """Return the problem, and whether the verdict on the same books can be cached."""
    row = _accepted(setup)
    if row is None:
        return None, True
    own, client = Party(setup.name, setup.organisation_number), Party(chart.company_name, chart.organisation_number)
    if row.parties is None:  # from now on the client is known
        row.parties = Parties(Party(), own, client, row.source, row.ledger).as_json()
        row.save(update_fields=["parties"])
        return None, False
    before = Parties.from_json(row.parties)
    now = Parties(before.moment, own, client, before.source, before.ledger)
    standing = judge(now, _as_accepted(row))
    return (Problem(CODES[standing], SUBJECT, facts_of(now)) if standing.stops else None), True


def facts_of(parties: Parties) -> dict[str, str]:
    """Return the facts of a problem about them."""
    facts = {
        "company": parties.company.shown,
        "client": parties.client.shown,
        "moment": parties.moment.shown,
        "own": parties.company.number,
        "number": parties.client.number,
    }
    return {name: value for name, value in facts.items() if value}


def as_json(seen: Seen) -> dict[str, Any]:
    """Return the parties side by side, as the command line and the API show them."""
    sides = {"moment": seen.parties.moment, "company": seen.parties.company, "client": seen.parties.client}
    return {
        **{name: {"name": side.name, "organisationNumber": side.number} for name, side in sides.items()},
        "source": seen.parties.source,
        "ledger": seen.parties.ledger,
        "standing": seen.standing.value,
        "confirmedBy": seen.accepted_by or None,
        "digest": seen.parties.digest,
    }


def _keys(setup: Setup) -> tuple[str, str]:
    """Return the source and ledger that a setup names, saved or not."""
    source = placeholder(setup.slug)
    if Section.MOMENT not in empty_of(setup):
        source = source_key(setup.moment.base_url, setup.moment.company_id)
    return source, platform_kinds()[setup.platform_kind].ledger_key(setup.platform)


def _accepted(setup: Setup) -> AcceptedParties | None:
    """Return the newest row of the company, if it holds at the setup's ledger and Moment."""
    source, ledger = _keys(setup)
    newest = AcceptedParties.objects.filter(company_id=setup.company_id).order_by("-pk").first()
    return newest if newest is not None and (newest.source, newest.ledger) == (source, ledger) else None


def _as_accepted(row: AcceptedParties) -> Accepted:
    parties = Parties.from_json(row.parties) if row.parties is not None else None
    return Accepted(parties, row.confirmed, row.kept, frozenset(row.twins))
