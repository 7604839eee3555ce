"""The guided setup: each step saves, checks itself, says what is missing, and can be left; nothing goes live half set up."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from bilag.companies.models import Company, IntegrationSetup, Ledger, SetupChange, Source
from bilag.companies.secrets import opened
from bilag.events.models import Event
from bilag.members.models import Membership, Role, User
from bilag.transfers.models import Transfer
from bilag_sandbox import hub, moment
from tests.support.doors import company_paths
from tests.support.people import People
from tests.support.world import work_off

SLUG = "nye-hus-as"
MOMENT = {"moment__company_id": "4021", "moment__api_key": moment.API_KEY}
AZETS = {
    "platform__azets__username": hub.USERNAME,
    "platform__azets__password": hub.PASSWORD,
    "platform__azets__source_client_id": "F123",
    "platform__azets__parent_client_id": hub.PARENT,
}


def text_of(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


class Guide:
    """An operator in the guided setup of a company that was just created."""

    def __init__(self, people: People, language: str = "en") -> None:
        self.people, self.client = people, people.client("operator", language)
        Source.objects.filter(company__slug=people.slug).update(
            key="elsewhere/1"
        )  # the sample's Moment and client are free for a new company
        Ledger.objects.filter(company__slug=people.slug).update(key="azets:S9:9")
        new = {"name": "Nye Hus AS", "organisation_number": "", "slug": "", "language": "nb", "kind": "azets"}
        assert self.client.post("/new-company/", new).headers["location"] == f"/c/{SLUG}/guide/"

    @property
    def next(self) -> str:
        """The step that the guided setup opens at."""
        return str(self.client.get(f"/c/{SLUG}/guide/").headers["location"]).split("/guide/")[1].strip("/")

    @property
    def row(self) -> IntegrationSetup:
        return IntegrationSetup.objects.get(company__slug=SLUG)

    def page(self, step: str, **query: Any) -> str:
        answer = self.client.get(f"/c/{SLUG}/guide/{step}/", query)
        assert answer.status_code == 200, answer.content[:300]
        return text_of(answer.content.decode())

    def send(self, step: str, **fields: Any) -> Any:
        return self.client.post(f"/c/{SLUG}/guide/{step}/", {"version": self.row.version, **fields})

    def save(self, step: str, **fields: Any) -> str:
        """Save a step; return where it leads."""
        answer = self.send(step, **fields)
        assert answer.status_code == 302, text_of(answer.content.decode())
        return str(answer.headers["location"]).removeprefix(f"/c/{SLUG}/guide/")

    def connect(self) -> None:
        """Enter both connections."""
        urls = {"moment__base_url": self.people.world.moment.url, **MOMENT}
        assert self.save("moment", **urls) == "moment/?saved"
        azets = {"platform__azets__base_url": f"{self.people.world.hub.url}/v1", **AZETS}
        assert self.save("accounting", **azets) == "accounting/?saved"

    def check(self) -> str:
        return text_of(b"".join(self.client.post(f"/c/{SLUG}/guide/check/run/")).decode())


@pytest.fixture
def guide(people: People) -> Guide:
    return Guide(people)


def test_a_company_is_set_up_step_by_step_and_switched_on(guide: Guide) -> None:
    guide.people.world.hub.ask("PATCH", f"/admin/clients/{hub.VISMA_CLIENT}", {"companyName": "Nye Hus AS"})
    assert guide.next == "moment"
    guide.connect()
    assert guide.next == "transfer"
    switches = {"export__customers": "on", "export__projects": "on", "export__invoices": "on"}
    assert guide.save("transfer", **switches) == "dimensions/"
    assert guide.save("dimensions", dimensions__project="2", dimensions__department="1") == "dimensions/?saved"
    assert guide.save("expenses") == "accrual/"
    assert guide.save("accrual", accrual__by="months") == "notify/"
    assert guide.save("notify", notify__emails="kari@nyehus.example") == "webhook/"
    assert guide.save("webhook") == "check/"
    assert guide.next == "check"
    assert "The connection works" in guide.check()
    assert guide.next == "rehearse"
    assert guide.save("rehearse") == "on/"
    assert guide.next == "on"
    assert "Invoices finalised on" in guide.page("on")
    assert guide.save("on") == "on/"
    assert Company.objects.get(slug=SLUG).live
    assert "12 of 12 done" in guide.page("on")
    assert "Waiting for the first invoice" in guide.page("on")
    stored = guide.row.settings
    assert (stored["dimensions"], stored["notify"]["emails"]) == (
        {"project": 2, "department": 1},
        ["kari@nyehus.example"],
    )
    assert stored["platform"]["azets"]["source_client_id"] == "123"
    assert set(opened(guide.row.secrets)) == {"moment.api_key", "platform.azets.password"}
    assert "ledger_changed" not in Event.objects.filter(company__slug=SLUG).values_list("name", flat=True)


def test_steps_may_be_taken_in_any_order_and_touch_only_their_own_fields(guide: Guide) -> None:
    assert guide.save("notify", notify__emails="kari@nyehus.example") == "webhook/"
    azets = {"platform__azets__base_url": f"{guide.people.world.hub.url}/v1", **AZETS}
    guide.save("accounting", **azets)
    assert guide.next == "moment"
    assert Ledger.objects.get(company__slug=SLUG).key == f"azets:{hub.PARENT}:123"
    before = guide.row
    guide.save("dimensions", dimensions__project="2")
    after = guide.row
    assert opened(after.secrets) == opened(before.secrets)
    assert after.settings["notify"] == before.settings["notify"]
    changed = SetupChange.objects.filter(company__slug=SLUG, version=after.version).values_list("field", flat=True)
    assert list(changed) == ["dimensions.project"]


def test_what_is_missing_is_named_beside_its_field_and_on_top(guide: Guide) -> None:
    answer = guide.send("moment", moment__base_url="https://app.moment.team")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Nothing was saved. Correct 2 fields" in text_of(html)
    assert '<a href="#id_moment__api_key">' in html
    assert text_of(html).count("Moment API key is missing.") == 2
    assert "data-restore" in html
    assert (guide.row.version, guide.next) == (1, "moment")
    norwegian = Client(SERVER_NAME="localhost", headers={"accept-language": "nb"})
    norwegian.cookies = guide.client.cookies
    assert "API-nøkkel for Moment mangler." in text_of(norwegian.post(f"/c/{SLUG}/guide/moment/", {}).content.decode())


def test_a_secret_that_was_typed_is_on_no_page(guide: Guide) -> None:
    answer = guide.send("moment", moment__api_key="typed-but-refused")
    assert answer.status_code == 422
    assert "typed-but-refused" not in answer.content.decode()
    guide.connect()
    for step in ("moment", "accounting"):
        html = guide.client.get(f"/c/{SLUG}/guide/{step}/").content.decode()
        assert moment.API_KEY not in html
        assert hub.PASSWORD not in html


def test_a_connection_of_another_company_is_refused_and_nothing_is_saved(guide: Guide) -> None:
    Source.objects.filter(company__slug=guide.people.slug).update(key="app.moment.team/4022")
    other = {**MOMENT, "moment__base_url": "https://app.moment.team", "moment__company_id": "4022"}
    answer = guide.send("moment", **other)
    assert answer.status_code == 422
    assert "already belongs to another company in Bilag" in text_of(answer.content.decode())
    Ledger.objects.filter(company__slug=guide.people.slug).update(key=f"azets:{hub.PARENT}:123")
    azets = {"platform__azets__base_url": f"{guide.people.world.hub.url}/v1", **AZETS}
    answer = guide.send("accounting", **azets)
    assert "Another company in Bilag posts to this client" in text_of(answer.content.decode())
    assert guide.row.version == 1


def test_each_step_checks_itself_and_leads_to_the_field(guide: Guide) -> None:
    guide.connect()
    assert "Connected to Moment" in guide.page("moment", check="1")
    accounting = guide.page("accounting", check="1")
    assert re.search("The company in Bilag Nye Hus AS not stated .* Fjell Arkitekter AS 999999999", accounting)
    assert "Check who the parties are" in accounting
    assert guide.next == "accounting", "the parties must be confirmed"
    row = guide.row
    row.settings["dimensions"] = {"project": 4}
    row.save()
    answer = guide.client.get(f"/c/{SLUG}/guide/dimensions/", {"check": "1"}, headers={"hx-request": "true"})
    part = answer.content.decode()
    assert "<html" not in part
    assert f'href="/c/{SLUG}/guide/dimensions/#field-dimensions__project"' in part
    digest = re.search(r'name="seen" value="(\w+)"', guide.client.get(f"/c/{SLUG}/setup/parties/").content.decode())
    assert digest is not None
    assert guide.client.post(f"/c/{SLUG}/setup/parties/", {"seen": digest[1]}).status_code == 302
    assert "This step works" in guide.page("accounting", check="1")
    guide.save("transfer", export__invoices="on")
    guide.page("dimensions", check="1")
    assert guide.next == "dimensions", "a step whose check failed is unfinished"


def test_a_wrong_key_is_told_at_its_step(guide: Guide) -> None:
    guide.save("moment", moment__base_url=guide.people.world.moment.url, **{**MOMENT, "moment__api_key": "wrong"})
    page = guide.page("moment", check="1")
    assert "This step does not work yet" in page
    assert "Moment does not accept the API key" in page
    assert guide.next == "moment"


def test_nothing_is_asked_of_a_connection_that_is_not_entered(guide: Guide) -> None:
    said = guide.check()
    assert "moment_not_entered" not in said
    assert "The connection to Moment is not filled in yet. Enter the company id and the API key" in said
    assert "The connection to accounting is not filled in yet" in said
    problems = [one["code"] for one in _problems(guide)]
    assert problems[:2] == ["moment_not_entered", "accounting_not_entered"]
    for path in (
        "",
        "setup/",
        "setup/try/?invoice=10042",
        "setup/parties/",
        "tools/",
        "log/",
        "rehearsal/",
        "company/",
    ):
        assert guide.client.get(f"/c/{SLUG}/{path}").status_code == 200, path


def _problems(guide: Guide) -> list[dict[str, Any]]:
    from bilag.transfers.activation import switch
    from bilag.transfers.queries.check_report import report_as_json

    report = report_as_json(switch.check(guide.row.company_id))
    return [problem for step in report["steps"] for problem in step["problems"]]


def test_the_remedy_of_an_empty_connection_is_to_enter_it(guide: Guide) -> None:
    assert {"moment_not_entered", "accounting_not_entered"} <= {one["code"] for one in _problems(guide)}
    guide.connect()
    assert not {"moment_not_entered", "accounting_not_entered"} & {one["code"] for one in _problems(guide)}


def test_it_is_not_switched_on_before_all_is_there_and_says_what_is_missing(guide: Guide) -> None:
    answer = guide.client.post(f"/c/{SLUG}/guide/on/")
    assert answer.status_code == 409
    html = answer.content.decode()
    for step in ("moment", "accounting", "notify"):
        assert f'<li><a href="/c/{SLUG}/guide/{step}/">' in html, step
    assert not Company.objects.get(slug=SLUG).live
    guide.connect()
    guide.save("notify", notify__emails="kari@nyehus.example")
    answer = guide.client.post(f"/c/{SLUG}/guide/on/")
    assert "first confirm that the parties are one company" in text_of(answer.content.decode())
    assert f"/c/{SLUG}/setup/parties/" in answer.content.decode()
    assert not Company.objects.get(slug=SLUG).live


def test_a_company_that_is_not_set_up_cannot_be_switched_on_anywhere(guide: Guide) -> None:
    answer = guide.client.post(f"/c/{SLUG}/setup/live/", {"live": "on"})
    assert answer.status_code == 409
    assert "The connection to Moment is not filled in yet" in text_of(answer.content.decode())
    assert not Company.objects.get(slug=SLUG).live


def test_notifications_need_somebody(guide: Guide) -> None:
    answer = guide.send("notify")
    assert answer.status_code == 422
    assert "Enter at least one email address" in text_of(answer.content.decode())


def test_what_somebody_else_saved_meanwhile_is_shown_first(guide: Guide) -> None:
    version = guide.row.version
    guide.save("notify", notify__emails="kari@nyehus.example")
    mine = {"version": version, "dimensions__project": "2"}
    answer = guide.client.post(f"/c/{SLUG}/guide/dimensions/", mine)
    assert answer.status_code == 409
    assert "Someone else has saved changes" in text_of(answer.content.decode())
    again = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert again is not None
    assert guide.client.post(f"/c/{SLUG}/guide/dimensions/", {**mine, "version": again[1]}).status_code == 302
    assert guide.row.settings["notify"]["emails"] == ["kari@nyehus.example"]


def test_the_first_call_of_the_webhook_is_seen_arriving(guide: Guide) -> None:
    from bilag.companies import store
    from bilag.web.webhooks.receive import Received, receive

    assert "Waiting for the first call" in guide.page("webhook/seen")
    company = Company.objects.get(slug=SLUG)
    token = store.webhook_url(company).rpartition("/")[2]
    body = json.dumps({"type": "invoice", "id": 1, "number": 10042}).encode()
    receive([Received(token, "POST", body), Received(token, "POST", body)])
    receive([Received(token, "POST", body)])
    seen = guide.page("webhook/seen")
    assert "Moment uses the address First call" in seen
    assert "Continue without waiting" not in seen
    assert Event.objects.filter(company=company, name="webhook_first").count() == 1
    assert "Missing" not in guide.page("webhook").split("Webhook")[1][:40]


def test_a_preview_and_a_rehearsal_are_shown_as_done(guide: Guide) -> None:
    guide.connect()
    number = guide.people.world.finalise()["invoiceNumber"]
    assert "Skip for now" in guide.page("rehearse")
    assert guide.client.get(f"/c/{SLUG}/setup/try/", {"invoice": number}).status_code == 200
    assert f"Invoice {number} was previewed" in guide.page("rehearse")
    period = {"from": "2026-01-01", "to": "2026-01-31", "guide": "1"}
    answer = guide.client.post(f"/c/{SLUG}/rehearsal/start/", period)
    assert answer.headers["location"] == f"/c/{SLUG}/guide/rehearse/?started=0"
    assert "The rehearsal starts in a moment" in guide.page("rehearse", started="0")
    work_off()
    done = guide.page("rehearse", started="0")
    assert "1 Jan 2026 – 31 Jan 2026:" in done
    assert "starts in a moment" not in done


def test_the_guide_is_offered_until_the_company_was_switched_on(guide: Guide, people: People) -> None:
    link = f'href="/c/{SLUG}/guide/"'
    for path in (f"/c/{SLUG}/", f"/c/{SLUG}/setup/", "/"):
        assert link in guide.client.get(path).content.decode(), path
    assert f'href="/c/{people.slug}/guide/"' not in people.client("owner").get(f"/c/{people.slug}/").content.decode()


def test_a_viewer_has_no_guide_and_an_unknown_step_is_not_found(people: People) -> None:
    viewer = people.client("viewer")
    assert viewer.get(f"/c/{people.slug}/guide/").headers["location"] == f"/c/{people.slug}/setup/"
    assert viewer.get(f"/c/{people.slug}/guide/moment/").status_code == 403
    assert people.client("owner").get(f"/c/{people.slug}/guide/nowhere/").status_code == 404


def test_the_help_of_azets_is_on_the_page(guide: Guide) -> None:
    guide.connect()
    transfer = guide.page("transfer")
    assert "Moment is the master" in transfer
    assert "Do not change these numbers in accounting" in transfer
    assert "If accounting does not accept attachments for the client, they are not transferred" in transfer
    assert "2 (R2) Prosjekt" in guide.page("dimensions")
    assert "the tables R1 to R12 in accounting" in guide.page("dimensions")
    assert "unless Azets or Moment informs otherwise" in guide.page("expenses")


def test_the_address_of_moment_is_there_already(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "https://app.moment.team Change" in guide.page("moment")
    monkeypatch.setenv("BILAG_AZETS_ADDRESS", "https://hub.azets.example/v1")
    monkeypatch.setenv("BILAG_MOMENT_ADDRESS", "https://moment.example")
    assert "https://moment.example Change" in guide.page("moment")
    assert "https://hub.azets.example/v1 Change" in guide.page("accounting")


def test_the_address_that_other_companies_have_is_offered_to_an_operator(guide: Guide, people: People) -> None:
    hub = f"{people.world.hub.url}/v1"
    assert f"{hub} Change" in guide.page("accounting")
    Membership.objects.create(
        company=Company.objects.get(slug=SLUG), user=User.objects.get(email="owner@fjell.example"), role=Role.OWNER
    )
    member = people.client("owner").get(f"/c/{SLUG}/guide/accounting/").content.decode()
    assert hub not in member, "a member learns nothing of other companies"


def webhook(number: int) -> None:
    """Moment tells of an invoice at the company's address."""
    from bilag.companies import store
    from bilag.web.webhooks.receive import Received, receive

    token = store.webhook_url(Company.objects.get(slug=SLUG)).rpartition("/")[2]
    body = json.dumps({"invoice": {"id": number, "invoiceNumber": number}}).encode()
    assert receive([Received(token, "POST", body)]) == [202]


def test_what_was_heard_of_before_moment_was_entered_belongs_to_it(guide: Guide) -> None:
    webhook(10042)
    guide.connect()
    transfer = Transfer.objects.get(company__slug=SLUG, number="10042")
    assert transfer.source.key.endswith("/4021")
    assert Source.objects.filter(company__slug=SLUG).count() == 1


def test_another_moment_is_a_step_of_its_own_once_something_was_received(guide: Guide) -> None:
    guide.connect()
    webhook(10042)
    other = {**MOMENT, "moment__base_url": guide.people.world.moment.url, "moment__company_id": "4999"}
    answer = guide.send("moment", **other)
    assert answer.status_code == 409
    assert f'href="/c/{SLUG}/setup/#moment"' in answer.content.decode()
    assert guide.row.moment_company_id == "4021"


def test_the_api_and_commands_show_a_company_that_is_not_set_up(guide: Guide) -> None:
    from bilag.companies.showing import shown_settings

    shown = shown_settings(guide.row.company_id)
    assert shown["platform"] == {"kind": "azets", "azets": {}}
    assert shown["moment"] == {}


def test_who_joins_before_the_company_was_switched_on_begins_in_the_guide(guide: Guide) -> None:
    from bilag.members import joining
    from bilag.members.models import Role

    company = Company.objects.get(slug=SLUG)
    for role, place in ((Role.MEMBER, "guide/"), (Role.VIEWER, "")):
        _row, secret = joining.invite(company, f"ny-{role}@nyehus.example", role, by="test")
        answer = Client(SERVER_NAME="localhost").post(
            f"/invitations/{secret}/", {"name": "Ny", "password": "Gaustatoppen-1883-moh"}
        )
        assert answer.headers["location"] == f"/c/{SLUG}/{place}"


def test_no_page_breaks_for_a_company_that_is_not_set_up(guide: Guide) -> None:
    webhook(10042)
    period = {"from": "2026-01-01", "to": "2026-01-31", "month": "2026-01", "number": "10042", "live": "on"}
    for path in company_paths(SLUG):
        for answer in (guide.client.get(path, period), guide.client.post(path, period)):
            assert answer.status_code < 500, (path, answer.status_code)
            if answer.streaming:
                b"".join(answer)
    work_off()
    company = Company.objects.get(slug=SLUG)
    assert not company.live
    assert Transfer.objects.get(company=company).state != "done"
