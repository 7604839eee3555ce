"""The real service between both sandboxes, and Debian's Chromium that clicks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.browser import ADD_PEOPLE, CHROMIUM_FLAGS, PASSWORD, address, chromium
from tests.support.service import Service, service_in
from tests.support.zygote import Zygote

expect.set_options(timeout=60_000)  # a busy machine is no reason to fail


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests; not for others, as its event loop lets Django do nothing in this thread."""
    path = chromium()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Service]:
    """The service with its sample company and people."""
    with service_in(tmp_path_factory.mktemp("site"), zygote) as service:
        service.start()
        url = service.apply()["webhookUrl"]
        service.ask("moment", "PUT", "/admin/webhooks", dict.fromkeys(("invoice", "customer", "project"), url))
        service.python(ADD_PEOPLE)
        yield service


@pytest.fixture
def patient_site(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Service]:
    """The service with its sample company, which waits for other systems as long as it does in production."""
    with service_in(tmp_path_factory.mktemp("patient"), zygote) as service:
        service.time_scale = "1"
        service.start()
        service.apply()
        service.python(ADD_PEOPLE)
        yield service


@pytest.fixture
def empty_site(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Service]:
    """The service as it is on the first day: an operator, and nothing else."""
    with service_in(tmp_path_factory.mktemp("empty"), zygote) as service:
        service.start()
        service.python(ADD_PEOPLE)
        yield service


@pytest.fixture
def open_as(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """A page of somebody who has signed in; what the console complains of fails the test."""
    for name in {"empty_site", "patient_site"} & set(request.fixturenames):
        request.getfixturevalue(
            name
        )  # what is begun first ends last: a page that reads on would complain of its absence
    contexts: list[Any] = []
    complaints: list[str] = []

    def opened(
        service: Service, who: str | None, *, language: str = "en-GB", width: int = 1280, scheme: Any = "light"
    ) -> Page:
        context = browser.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",  # a colour that is on its way to another is neither, and no contrast to judge
            base_url=address(service),
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if who is not None:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", who)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()
    # A form that was refused answers 422 or 409, which Chromium reports as an error of the page too.
    assert [text for text in complaints if "status of 4" not in text] == []
