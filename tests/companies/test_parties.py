"""Who the parties are: companies that do not agree are not posted to until a person says that they are one."""

from typing import Any

import pytest

from bilag.companies.parties import Accepted, Parties, Party, Standing, judge, same_name
from tests.support.company_file_faults import END, MOMENT_URL, NAME
from tests.support.desk import Desk
from tests.support.world import World

SLUG = 'slug = "fjell"'
NOTIFIED = (END, f'{END}\n[notify]\nemails = ["regnskap@byra.example"]')
OTHER_NUMBER = (NAME, f'{NAME}\norganisation_number = "974760673"')
OWN_NUMBER = (NAME, f'{NAME}\norganisation_number = "999999999"')
FJELL = Party("Fjell Arkitekter AS", "999999999")
NOTHING = Party()


def parties(company: Party, client: Party, moment: Party = NOTHING) -> Parties:
    return Parties(moment, company, client, "app.moment.team/4021", "azets:S1:1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fjell Arkitekter AS", "FJELL ARKITEKTER A/S"),
        ("Fjell-Arkitekter, A.S.", "AS Fjell Arkitekter"),
        ("Fjell Arkitekter ASA", "Fjell  Arkitekter"),
        ("Fjell & Sønn", "Fjell og Sønn AS"),
    ],
)
def test_names_are_compared_as_people_do(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Fjell Arkitekter AS", "Fjellvann Rådgivning AS"), ("Fjell AS", "Fjell Arkitekter AS"), ("", ""), (None, None)],
)
def test_different_names_are_different(one: str | None, other: str | None) -> None:
    assert not same_name(one, other)


@pytest.mark.parametrize(
    ("company", "client", "moment", "standing"),
    [
        (FJELL, Party("Noe helt annet", "NO 999 999 999 MVA"), NOTHING, Standing.AGREE),
        (FJELL, Party("Fjell Arkitekter AS", "974760673"), NOTHING, Standing.DIFFER),
        (Party("Fjell Arkitekter AS"), Party("Fjell Arkitekter", "974760673"), NOTHING, Standing.AGREE),
        (Party("Fjell Arkitekter AS"), Party("Fjellvann AS", "974760673"), NOTHING, Standing.UNSURE),
        (FJELL, FJELL, Party("Dal AS", None), Standing.UNSURE),
        (FJELL, FJELL, Party("Fjell Arkitekter", "974760673"), Standing.DIFFER),
        (Party("Fjell"), Party("Dal", "974760673"), Party("Fjell", "974760673"), Standing.AGREE),
    ],
)
def test_numbers_decide_and_names_where_a_number_is_missing(
    company: Party, client: Party, moment: Party, standing: Standing
) -> None:
    assert judge(parties(company, client, moment), None) == standing


def test_a_confirmation_holds_for_exactly_these() -> None:
    seen = parties(Party("Fjell"), Party("Dal", "974760673"))
    word = Accepted(seen, confirmed=True)
    assert judge(seen, word) == Standing.CONFIRMED
    assert judge(parties(Party("Fjell"), Party("Dal og Li", "974760673")), word) == Standing.RENAMED
    assert judge(parties(Party("Fjell"), Party("Dal", "999999999")), word) == Standing.REPLACED
    assert judge(parties(Party("Fjell", "999999999"), Party("Dal", "974760673")), word) == Standing.DIFFER


def test_a_shared_moment_is_confirmed_for_what_is_shared() -> None:
    seen = parties(FJELL, FJELL)
    assert judge(seen, None, frozenset({"a"})) == Standing.TWIN
    assert judge(seen, Accepted(seen, confirmed=False), frozenset({"a"})) == Standing.TWIN
    assert judge(seen, Accepted(seen, confirmed=True, twins=frozenset({"a"})), frozenset({"a"})) == Standing.CONFIRMED
    assert judge(seen, Accepted(seen, confirmed=True, twins=frozenset({"a"})), frozenset({"a", "b"})) == Standing.TWIN


def shown(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = desk.type("company", "show", "fjell", "--json").json
    return found


def events(name: str) -> list[Any]:
    from bilag.events.models import Event

    return list(Event.objects.filter(name=name))


def who(desk: Desk) -> tuple[str, str]:
    answer = desk.type("company", "check", "fjell", "--json").json
    (step,) = [step for step in answer["steps"] if step["name"] == "who"]
    return step["standing"], answer["parties"]["standing"]


def test_a_client_with_another_organisation_number_is_not_posted_to_until_a_person_confirms(
    office: Desk,
) -> None:
    applied = office.apply(OTHER_NUMBER)
    assert applied.status == 1
    assert shown(office)["paused"]["code"] == "client_is_another_company"
    assert who(office) == ("failed", "differ")
    declined = office.type("company", "confirm", "fjell")
    assert declined.status == 1
    assert shown(office)["paused"] is not None
    confirmed = office.type("company", "confirm", "fjell", "--yes", "--json")
    assert (confirmed.status, confirmed.json["parties"]["standing"]) == (0, "confirmed")
    assert shown(office)["paused"] is None
    [event] = events("parties_confirmed")
    assert event.origin == "bilag company confirm"
    assert event.facts["company"] == "Fjell Arkitekter AS (974760673)"
    assert event.facts["client"] == "Fjell Arkitekter AS (999999999)"
    assert office.apply(OTHER_NUMBER).status == 0


def test_the_confirmation_falls_when_the_client_becomes_another_organisation(office: Desk) -> None:
    office.apply(OTHER_NUMBER)
    office.type("company", "confirm", "fjell", "--yes")
    office.ask("hub", "PATCH", "/admin/clients/123", {"companyName": "Fjell Arkitektur AS"})
    assert [one["code"] for one in office.steps("fjell")["who"]["problems"]] == ["parties_renamed"]
    assert who(office) == ("warning", "renamed")
    assert shown(office)["paused"] is None
    office.type("company", "confirm", "fjell", "--yes")
    assert who(office) == ("ok", "confirmed")
    office.ask("hub", "PATCH", "/admin/clients/123", {"organisationNumber": "985399077"})
    assert who(office) == ("failed", "replaced")
    office.apply(OTHER_NUMBER)
    assert shown(office)["paused"]["code"] == "client_replaced"


def test_numbers_that_agree_need_no_word(office: Desk) -> None:
    office.ask("hub", "PATCH", "/admin/clients/123", {"companyName": "Noe helt annet AS"})
    assert office.apply(OWN_NUMBER).status == 0
    assert who(office) == ("ok", "agree")
    said = office.type("company", "confirm", "fjell")
    assert (said.status, "They are one company. There is nothing to confirm." in said.said) == (0, True)


def test_a_file_that_names_its_client_is_its_authors_word_while_nothing_contradicts_it(office: Desk) -> None:
    office.ask("hub", "PATCH", "/admin/clients/123", {"companyName": "Fjellvann Rådgivning AS"})
    assert office.apply().status == 0
    assert shown(office)["live"]
    [event] = events("parties_confirmed")
    assert event.origin == "bilag company apply fjell.toml"
    assert who(office) == ("ok", "confirmed")


def test_the_switch_asks_for_a_word_first(office: Desk) -> None:
    from bilag.companies.models import Company
    from bilag.transfers.activation import switch

    office.ask("hub", "PATCH", "/admin/clients/123", {"companyName": "Fjellvann Rådgivning AS"})
    office.apply(NOTIFIED, (SLUG, f"{SLUG}\nlive = false"))
    company = Company.objects.get()
    refused = switch.activate(company.pk, origin="Kari")
    assert refused.refusal == switch.Refusal.PARTIES_UNCONFIRMED
    assert [one["code"] for one in office.steps("fjell")["who"]["problems"]] == ["parties_unconfirmed"]
    assert refused.report.seen is not None
    with pytest.raises(switch.PartiesChanged):
        switch.confirm_parties(company.pk, "0123456789abcdef", origin="Kari")
    switch.confirm_parties(company.pk, refused.report.seen.parties.digest, origin="Kari")
    assert switch.activate(company.pk, origin="Kari").refusal is None


def test_a_live_company_is_not_stopped_by_the_upgrade(office: Desk) -> None:
    from bilag.companies.models import AcceptedParties, Company, IntegrationSetup

    office.apply()
    AcceptedParties.objects.all().delete()
    office.ask("hub", "PATCH", "/admin/clients/123", {"organisationNumber": "974760673", "companyName": "Dal AS"})
    setup = IntegrationSetup.objects.select_related("ledger", "source").get()
    AcceptedParties.objects.create(
        company=Company.objects.get(), origin="bilag migrate", confirmed=False, kept=True,
        source=setup.source.key, ledger=setup.ledger.key,
    )  # fmt: skip
    assert who(office) == ("warning", "kept")
    assert office.apply((NAME, f'{NAME}\norganisation_number = "999999999"')).status == 0
    assert shown(office)["paused"] is None


def test_two_names_of_one_moment_are_noticed(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`moment.example` leads to the machine that another company's Moment is on already."""
    import socket

    assert office.apply().status == 0
    port = int(office.moment.rsplit(":", 1)[1])
    resolve = socket.getaddrinfo

    def resolved(host: Any, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if host == "moment.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setenv("BILAG_ALLOW_HTTP", "1")
    office.ask("hub", "POST", "/admin/clients", {"id": "124", "accountingSystem": "VismaBusiness"})
    second = office.write(
        (SLUG, 'slug = "dal"'),
        (MOMENT_URL, f'base_url = "http://moment.example:{port}"'),
        ('source_client_id = "123"', 'source_client_id = "124"'),
        name="dal.toml",
    )
    assert office.type("company", "apply", str(second)).status == 1
    step = office.steps("dal")["who"]
    assert (step["standing"], [one["code"] for one in step["problems"]]) == ("failed", ["parties_shared"])
    office.type("company", "confirm", "dal", "--yes")
    assert office.steps("dal")["who"]["standing"] == "ok"


def with_new_client(world: World, number: str) -> None:
    """The client becomes another organisation, and its chart is read again, as it is every ten minutes."""
    from bilag.companies import gateways

    world.hub.ask("PATCH", "/admin/clients/123", {"organisationNumber": number})
    gateways.forget_all()


def paused_for(world: World) -> str | None:
    from bilag.companies import store

    paused = store.load_setup(world.company_id).paused
    return paused.code if paused is not None else None


def link_of_the_inbox(world: World) -> tuple[str, str]:
    """The page and the text of the link at the one problem that is open."""
    from django.urls import resolve

    from bilag.companies import store
    from bilag.inbox.handling import inbox
    from bilag.web.inbox_pages.rows import shown_cause

    [row] = map(shown_cause, inbox(store.load_setup(world.company_id)))
    return resolve(f"/c/fjell/{row.place}").url_name or "", row.place_text


def test_a_live_company_posts_nothing_to_a_client_that_became_another_organisation(world: World) -> None:
    from bilag.transfers.activation import switch

    switch.apply_live_flag(world.company_id, live=True, origin="kari")
    with_new_client(world, "974760673")
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    assert paused_for(world) == "client_replaced"
    assert link_of_the_inbox(world) == ("setup-parties", "Check who the parties are")
    assert world.vouchers() == []
    report = switch.check(world.company_id)
    assert report.seen is not None
    switch.confirm_parties(world.company_id, report.seen.parties.digest, origin="kari")
    world.work()
    assert paused_for(world) is None
    assert world.transfer(invoice["invoiceNumber"]).state == "done"


def test_after_the_upgrade_the_client_that_is_met_first_is_the_one(world: World) -> None:
    from bilag.companies.models import AcceptedParties, IntegrationSetup

    setup = IntegrationSetup.objects.select_related("ledger", "source").get(company_id=world.company_id)
    keys = {"source": setup.source.key, "ledger": setup.ledger.key}
    AcceptedParties.objects.create(
        company_id=world.company_id, origin="bilag migrate", confirmed=False, kept=True, **keys
    )
    with_new_client(world, "974760673")
    first = world.finalise()
    world.hint(first)
    world.work()
    assert (paused_for(world), world.transfer(first["invoiceNumber"]).state) == (None, "done")
    with_new_client(world, "985399077")
    world.hint(world.finalise())
    world.work()
    assert (paused_for(world), len(world.vouchers())) == ("client_replaced", 1)
