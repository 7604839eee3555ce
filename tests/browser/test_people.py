"""People in a real browser: an invitation from being sent to being used, the webhook's test, a token, a second factor."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browser import OWNER, address, faults_of, letters
from tests.support.service import Service

PASSWORD = "Gaustatoppen-1883-moh"


def test_an_owner_invites_and_the_newcomer_joins_with_the_link(open_as: Callable[..., Page], site: Service) -> None:
    owner = open_as(site, OWNER, language="nb-NO", width=390)
    owner.goto("/c/fjell/company/")
    owner.get_by_label("E-postadresse").fill("ny@fjell.example")
    owner.get_by_role("button", name="Send invitasjon").click()
    expect(owner.locator("main")).to_contain_text("ny@fjell.example er invitert.")
    assert faults_of(owner, "/c/fjell/company/") == []
    [link] = re.findall(r"http://\S+/invitations/\S+", letters(site)[-1])
    newcomer = open_as(site, None)
    path = link.removeprefix(address(site))
    assert faults_of(newcomer, path) == []
    newcomer.get_by_label("Your name").fill("Nils Ny")
    newcomer.get_by_label("Choose a password").fill(PASSWORD)
    newcomer.get_by_role("button", name="Create account and join").click()
    expect(newcomer.locator("main")).to_contain_text("Welcome to")
    assert newcomer.url == f"{address(site)}/c/fjell/"
    assert faults_of(open_as(site, None), path) == []


def test_a_test_of_the_webhook_address_is_shown_arriving(open_as: Callable[..., Page], site: Service) -> None:
    page = open_as(site, OWNER)
    page.goto("/c/fjell/company/")
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#webhook-tested")).to_contain_text("The test arrived.")
    page.goto("/c/fjell/log/")
    expect(page.locator("main")).to_contain_text("Webhook tested")


def test_a_token_is_made_seen_once_and_revoked(open_as: Callable[..., Page], site: Service) -> None:
    page = open_as(site, OWNER)
    page.goto("/c/fjell/company/")
    page.get_by_label("What is it for?").fill("Reports in Power BI")
    page.get_by_role("button", name="Create token").click()
    expect(page.locator("#new-token")).to_have_text(re.compile(r"bilag_[\w-]{43}"))
    page.goto("/c/fjell/company/")
    expect(page.locator("#new-token")).to_have_count(0)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke “Reports in Power BI”").click()
    expect(page.locator("main")).to_contain_text("is revoked. Programs that use it no longer have access.")


def test_a_passkey_is_added_and_signs_in(open_as: Callable[..., Page], site: Service) -> None:
    page = open_as(site, OWNER)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    site_name = address(site).replace("127.0.0.1", "localhost")  # browsers give no passkeys to a number
    page.goto(f"{site_name}/accounts/login/")
    sign_in(page)
    page.goto(f"{site_name}/accounts/2fa/webauthn/add/")
    if page.get_by_role("button", name="Confirm").count():
        page.locator("input[name=password]").fill("Fjell-og-Vann-2026")
        page.get_by_role("button", name="Confirm").click()
    page.locator("input[name=name]").fill("Kari's phone")
    page.get_by_role("checkbox").first.check()
    page.locator("main button[type=submit], main #mfa_webauthn_add").first.click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto(f"{site_name}/")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site_name}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/c/fjell/")


def sign_in(page: Page) -> None:
    page.locator("input[name=login]").fill(OWNER)
    page.locator("input[name=password]").fill("Fjell-og-Vann-2026")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/c/fjell/")
