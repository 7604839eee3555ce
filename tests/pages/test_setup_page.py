"""The Integration setup page: what it shows, what it refuses beside the field, what it saves, and that it saves whole."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.companies.secrets import opened
from bilag_sandbox import hub, moment
from tests.support.people import People


def sent(people: People, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the form as it stands, with some fields changed (None = left out)."""
    row = IntegrationSetup.objects.get(company__slug=people.slug)
    azets = row.settings["platform"]["azets"]
    values: dict[str, Any] = {
        "version": row.version,
        "moment__base_url": row.moment_base_url,
        "moment__company_id": row.moment_company_id,
        **{f"platform__azets__{name}": azets.get(name, "") for name in azets},
        "export__customers": "on",
        "export__projects": "on",
        "export__invoices": "on",
        "dimensions__project": "2",
        "dimensions__department": "1",
        "expenses__account_above": "4000",
        "expenses__days_back": "30",
        "accrual__by": "months",
    }
    values |= {name.replace("platform__", "platform__azets__", 1): value for name, value in changes.items()}
    return {name: value for name, value in values.items() if value is not None}


def text_of(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def checked(people: People, language: str = "en", **changes: Any) -> str:
    """The text of the page that the check streams."""
    answer = people.client("member", language).post(f"/c/{people.slug}/setup/check/", sent(people, **changes))
    assert answer.status_code == 200
    return text_of(b"".join(answer).decode())


def save(people: People, who: str = "member", language: str = "en", **changes: Any) -> Any:
    return people.client(who, language).post(f"/c/{people.slug}/setup/", sent(people, **changes))


def setting(people: People, *path: str) -> Any:
    value: Any = IntegrationSetup.objects.get(company__slug=people.slug).settings
    for key in path:
        value = value.get(key)
    return value


def test_every_field_of_the_azets_page_is_there_with_its_label(page: Callable[..., str]) -> None:
    text = text_of(page("setup/"))
    for label in (
        "Username",
        "Password",
        "API key",
        "Source client id (do not include the F)",
        "Parent client id (starts with S)",
        "Export customers",
        "Export projects",
        "Export invoices",
        "Project dimension",
        "Department dimension",
        "Project states for export",
        "Customer states for export",
        "Import expenses",
        "Expense activity",
        "Report name",
        "Billability dimension",
        "Billable by default",
        "Days back",
        "Import from",
        "Enable accrual",
        "Credit accrual account number",
        "Debit accrual account number",
        "Users to notify",
        "Email addresses to notify",
        "Transfer automatically from",
    ):
        assert label in text, label
    assert "If none is selected, all are exported" in text
    assert "1 = billable, 2 = not billable. With any other number, the expense is ignored" in text


def test_the_page_is_in_norwegian_for_a_norwegian_browser(page: Callable[..., str]) -> None:
    text = text_of(page("setup/", language="nb"))
    for label in ("Brukernavn", "Klient-id (uten F)", "Prosjektdimensjon", "Kundestatuser", "Varsling"):
        assert label in text, label


def test_units_are_shown_with_the_clients_names_and_what_they_accept(page: Callable[..., str]) -> None:
    html = page("setup/")
    options = re.findall(r"<option value=\"(\d+)\"[^>]*>([^<]+)</option>", html.split('name="dimensions__project"')[1])
    named = dict(options[:12])
    assert "whole numbers" in named["2"]
    assert any("text of at most 10 characters" in unescape(label) for label in named.values())


def test_states_accounts_and_users_come_from_both_systems(page: Callable[..., str]) -> None:
    html = unescape(page("setup/"))
    assert re.search(r'name="export__customer_states" value="blocked"', html)
    assert re.search(r'name="export__project_states" value="\w+"', html)
    assert re.search(r'<option value="3000"[^>]*>3000 \w', html)
    assert re.search(r'name="notify__users" value="[^"@]+@[^"]+"', html)


def test_secrets_are_never_shown_and_stay_when_left_alone(people: People, page: Callable[..., str]) -> None:
    html = page("setup/")
    assert hub.PASSWORD not in html
    assert moment.API_KEY not in html
    assert "Saved. Never displayed." in html
    before = IntegrationSetup.objects.get(company__slug=people.slug)
    assert save(people, rounding__account="7740").status_code == 302
    after = IntegrationSetup.objects.get(company__slug=people.slug)
    assert after.version == before.version + 1
    assert opened(after.secrets) == opened(before.secrets)


def test_a_new_secret_replaces_the_old_one_and_is_kept_as_changed_only(people: People) -> None:
    assert save(people, platform__password="another secret").status_code == 302
    row = IntegrationSetup.objects.get(company__slug=people.slug)
    assert opened(row.secrets)["platform.azets.password"] == "another secret"
    change = SetupChange.objects.get(field="platform.azets.password", version=row.version)
    assert (change.origin, change.old, change.new) == ("member@fjell.example", "(secret)", "(secret)")
    assert "another secret" not in row.secrets


def test_an_f_in_front_of_the_client_id_is_taken_off_with_a_word(people: People) -> None:
    client = people.client("member")
    answer = client.post(
        f"/c/{people.slug}/setup/", sent(people, platform__source_client_id="F123", rounding__account="7740")
    )
    assert answer.status_code == 302
    assert setting(people, "platform", "azets", "source_client_id") == "123"
    assert "The F was removed: Azets uses 123." in text_of(client.get(answer.headers["location"]).content.decode())


def test_a_field_is_checked_at_once(people: People) -> None:
    client = people.client("member")

    def said(field: str, language: str = "en", **changes: Any) -> str:
        name = field.replace("platform__", "platform__azets__", 1)
        one = people.client("member", language) if language != "en" else client
        answer = one.post(f"/c/{people.slug}/setup/field/{name}/", sent(people, **changes))
        assert answer.status_code == 200
        return text_of(answer.content.decode()).strip()

    assert said("platform__parent_client_id", platform__parent_client_id="2041") == (
        "Give S followed by digits, such as S100."
    )
    assert said("platform__parent_client_id", "nb", platform__parent_client_id="2041") == (
        "Oppgi S fulgt av sifre, for eksempel S100."
    )
    assert said("platform__source_client_id", platform__source_client_id="F123").startswith("The F was removed")
    assert said("dimensions__department", dimensions__department="2") == (
        "Unit 2 is already used as Project dimension. Choose another unit."
    )
    assert "With unit 7 every expense is ignored" in said(
        "expenses__billability_dimension",
        expenses__import="on",
        expenses__activity="Utlegg",
        expenses__billability_dimension="7",
    )
    assert said("notify__emails", notify__emails="kari@fjell.example, ola") == (
        "ola is not an email address. Write one address per line, for example name@company.no."
    )
    assert said("dimensions__project") == ""


def test_what_cannot_be_right_is_said_beside_its_field_and_nothing_is_saved(people: People) -> None:
    before = IntegrationSetup.objects.get(company__slug=people.slug)
    answer = save(
        people,
        platform__parent_client_id="X1",
        accrual__enabled="on",
        accrual__credit_account="",
        expenses__import="on",
        rounding__account="7740",
    )
    assert answer.status_code == 422
    text = text_of(answer.content.decode())
    assert "Nothing was saved" in text
    assert "Give S followed by digits" in text
    assert "Accrual requires both accounts" in text
    assert "Enter the activity for imported expenses" in text
    after = IntegrationSetup.objects.get(company__slug=people.slug)
    assert (after.version, after.settings, after.secrets) == (before.version, before.settings, before.secrets)


def test_texts_have_a_form_and_a_wrong_one_is_said_beside_its_field(people: People, page: Callable[..., str]) -> None:
    answer = save(people, texts__voucher="{firma} {number}", texts__entry="{number")
    assert answer.status_code == 422
    text = text_of(answer.content.decode())
    assert "Contains {firma}, which is not a field. Use {kind}, {number}, {description}" in text
    assert "Contains a brace without its other half. Write fields as {text}" in text
    norwegian = text_of(save(people, language="nb", texts__voucher="{firma}").content.decode())
    assert "Inneholder {firma}, som ikke er et felt. Bruk {type}, {nummer}, {beskrivelse}" in norwegian
    assert save(people, texts__voucher="{kind}  {number} ", texts__entry="").status_code == 302
    assert setting(people, "texts") == {"voucher": "{kind} {number}"}
    assert 'value="{kind} {number}"' in page("setup/")


def test_another_form_of_texts_is_shown_as_a_change_of_vouchers(people: People) -> None:
    people.world.finalise()
    body = sent(people, texts__voucher="Moment {number}")
    shown = text_of(people.client("member").post(f"/c/{people.slug}/setup/compare/", body).content.decode())
    assert "1 of the last 1 invoices would be posted differently" in shown or "would be posted differently" in shown
    assert "Moment 5" in shown


def test_a_secret_does_not_follow_an_address_to_another_place(people: People) -> None:
    answer = save(people, platform__base_url="http://127.0.0.1:9/v1")
    assert answer.status_code == 422
    assert "The address was changed. Enter this again" in text_of(answer.content.decode())
    assert "The address was changed. Enter this again" in checked(people, moment__base_url="http://127.0.0.1:9")


def test_a_form_that_somebody_else_changed_meanwhile_overwrites_nothing(people: People) -> None:
    mine = sent(people, expenses__days_back="60")
    assert save(people, who="owner", expenses__days_back="45").status_code == 302
    client = people.client("member")
    answer = client.post(f"/c/{people.slug}/setup/", mine)
    assert answer.status_code == 409
    text = text_of(answer.content.decode())
    assert "Someone else has saved changes" in text
    assert "owner@fjell.example" in text
    assert setting(people, "expenses", "days_back") == 45
    again = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert again is not None
    assert client.post(f"/c/{people.slug}/setup/", {**mine, "version": again[1]}).status_code == 302
    assert setting(people, "expenses", "days_back") == 60


def test_a_text_that_names_a_file_of_the_machine_is_a_text(people: People) -> None:
    assert save(people, platform__username="file:/etc/passwd").status_code == 302
    assert setting(people, "platform", "azets", "username") == "file:/etc/passwd"


def test_every_change_is_listed_with_who_when_from_and_to(people: People, page: Callable[..., str]) -> None:
    save(people, export__projects=None, rounding__account="7740")
    save(people, who="owner", rounding__account="7740")
    text = text_of(page("setup/changes/"))
    assert "owner@fjell.example Export projects off on" in text
    assert "member@fjell.example Rounding account – 7740" in text
    assert "Export customers" not in text


def test_check_connection_tells_each_step_with_its_cure(people: People) -> None:
    good = checked(people)
    for step in (
        "Signed in to Azets",
        "The client was found",
        "At least one period is open",
        "can be used in the dimension",
        "The connection works",
    ):
        assert good.count(step) == 1, step
    assert re.search(
        "The company in Bilag Fjell Arkitekter AS .* The client in accounting Azets · 123 · S2041 Fjell", good
    )
    bad = checked(people, platform__password="wrong")
    assert "The connection does not work yet" in bad
    assert re.search("Failed Bilag cannot sign in to accounting Password ?: Azets does not accept", bad)
    assert "Logget inn hos Azets" in checked(people, "nb")


def test_a_company_goes_live_only_behind_the_check(people: People) -> None:
    Company.objects.filter(slug=people.slug).update(live=False)
    client = people.client("member")
    refused = client.post(f"/c/{people.slug}/setup/live/", {"live": "on"})
    assert refused.status_code == 409
    assert "Nobody is notified when something stops" in text_of(refused.content.decode())
    assert not Company.objects.get(slug=people.slug).live
    save(people, notify__emails="kari@fjell.example")
    assert client.post(f"/c/{people.slug}/setup/live/", {"live": "on"}).status_code == 302
    assert Company.objects.get(slug=people.slug).live
    client.post(f"/c/{people.slug}/setup/live/", {"live": "off"})
    assert not Company.objects.get(slug=people.slug).live


def test_an_invoice_can_be_tried_before_anything_is_sent(people: People, page: Callable[..., str]) -> None:
    invoice = people.world.finalise()
    listed = page("setup/try/")
    assert str(invoice["invoiceNumber"]) in listed
    text = text_of(page("setup/try/", invoice=invoice["invoiceNumber"]))
    assert f"voucher {invoice['invoiceNumber']}" in text
    assert "Invoice lines" in text
    assert people.world.vouchers() == []
    assert "is not an invoice number" in text_of(page("setup/try/", invoice="<script>"))
    assert "999999 was not found in Moment. Check the number." in text_of(page("setup/try/", invoice="999999"))


def test_a_change_of_setup_shows_only_what_it_would_change(people: People) -> None:
    for _ in range(3):
        people.world.finalise()
    client = people.client("member")
    same = text_of(client.post(f"/c/{people.slug}/setup/compare/", sent(people)).content.decode())
    assert "None of the last 3 invoices would be posted differently" in same
    other = text_of(
        client.post(f"/c/{people.slug}/setup/compare/", sent(people, dimensions__department="")).content.decode()
    )
    assert re.search(r"[123] of the last 3 invoices would be posted differently", other)


def test_a_new_company_is_made_by_an_operator_only(people: People) -> None:
    assert people.client("owner").get("/new-company/").status_code == 403
    operator = people.client("operator")
    assert operator.get("/new-company/").status_code == 200
    new = {"name": "Nye Hus AS", "organisation_number": "", "slug": "", "language": "nb", "kind": "azets"}
    assert "not a valid organisation number" in text_of(
        operator.post("/new-company/", {**new, "organisation_number": "123456789"}).content.decode()
    )
    assert "Name : This field is required." in text_of(
        operator.post("/new-company/", {**new, "name": ""}).content.decode()
    )
    assert operator.post("/new-company/", new).headers["location"] == "/c/nye-hus-as/guide/"
    company = Company.objects.get(slug="nye-hus-as")
    assert (company.name, company.live) == ("Nye Hus AS", False)
    assert "Another company has the short name nye-hus-as" in text_of(
        operator.post("/new-company/", new).content.decode()
    )


def test_currencies_quoted_for_a_hundred_are_ticked_and_kept(people: People, page: Callable[..., str]) -> None:
    assert "Select the currencies that Moment quotes per 100 units, for example 97.84 for SEK" in text_of(
        page("setup/")
    )
    assert "Velg valutaene der Moment oppgir kursen per 100 enheter" in text_of(page("setup/", language="nb"))
    assert save(people, moment__rates_per_hundred=["SEK", "JPY"]).status_code == 302
    assert setting(people, "moment", "rates_per_hundred") == ["JPY", "SEK"]
    assert re.search(r'name="moment__rates_per_hundred" value="SEK"[^>]* checked', page("setup/"))
    assert save(people, moment__rates_per_hundred=None).status_code == 302
    assert not setting(people, "moment", "rates_per_hundred")


def test_a_platform_declares_the_labels_that_messages_use() -> None:
    from bilag.messages.setting_labels import LABELS
    from bilag.platforms.registry import platform_kinds

    declared = {
        f"platform.{kind.name}.{field.name}": (field.label["en"], field.label["nb"])
        for kind in platform_kinds().values()
        for field in kind.fields
    }
    assert declared == {key: labels for key, labels in LABELS.items() if key in declared}
    assert {key for key in LABELS if key.startswith("platform.")} == {*declared, "platform.kind"}


def test_the_check_shows_each_step_before_the_next_system_is_asked(people: People) -> None:
    answer = people.client("member").post(f"/c/{people.slug}/setup/check/", sent(people))
    pieces = iter(answer)
    read = next(pieces).decode() + next(pieces).decode()
    assert "Connected to Moment" in read
    people.world.hub.ask("PUT", f"/admin/users/{hub.USERNAME}", {"password": "changed-meanwhile"})
    rest = text_of(b"".join(pieces).decode())
    assert "Bilag cannot sign in to accounting" in rest


def test_every_connection_to_the_database_is_given_back(people: People) -> None:
    """The choices are read by threads, which need one for the rate limit: forty pages took all that a process has."""
    from django.core.cache import cache
    from django.db import connection

    from bilag.companies import gateways

    def taken() -> int:
        stats = connection.pool.get_stats()
        return int(stats["pool_size"] - stats["pool_available"])

    owner = people.client("owner")
    assert owner.get("/c/fjell/setup/").status_code == 200
    before = taken()
    for _ in range(3):
        cache.clear()
        gateways.forget_all()  # so that both systems are asked again
        assert owner.get("/c/fjell/setup/").status_code == 200
    assert taken() == before
