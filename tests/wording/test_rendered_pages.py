"""Every page in both languages, of a company with a few days behind it, as its owner and as an operator see it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import html

from tests.support.doors import company_paths
from tests.support.lived_in import foreign_texts, live_through_a_month
from tests.support.people import People
from tests.support.wording import findings

RAW = {"script", "style", "pre", "code", "template", "svg"}
"""Elements whose text is not prose: scripts, and the requests and answers of an attempt as they were sent."""
SPOKEN = ("title", "placeholder", "alt", "aria-label", "data-label", "data-confirm")
ACCOUNT = (
    "/",
    "/new-company/",
    "/accounting-systems/",
    "/accounts/2fa/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/no-such-page/",
)
SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/invitations/none/")
QUERIES = {
    "transfers/": ("?state=done", "?kind=customer", "?q=nothing"),
    "log/": ("?q=nothing",),
    "expenses/": ("?state=ignored",),
}
TYPED = (
    r"https?://\S+|\S+@\S+|bilag [a-z]+(?: [a-z]+)?|\bbilag_\w+|Bokmål|bokmål|such as \S+|for eksempel \S+|Utlegg\b|"
    r"\bmva\b|api-docs|openapi\.json|\.toml|BILAG_\w+|English|Norsk"
)
"""What is not a sentence: addresses, commands, tokens, the names of the languages, the name of the expense activity."""


def visible(page: str) -> Iterator[str]:
    """The texts of a page that a person reads or hears."""
    for element in html.fromstring(f"<div>{page}</div>" if "<html" not in page else page).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in RAW and not any(one.tag in RAW for one in element.iterancestors()):
            yield element.text or ""
        if not any(one.tag in RAW for one in element.iterancestors()):
            yield element.tail or ""
        yield from (element.get(name, "") for name in SPOKEN)
        if element.tag == "input" and element.get("type") in ("submit", "button"):
            yield element.get("value", "")


def pages_of(people: People) -> list[str]:
    """The addresses below the company, with the pages about one of its things."""
    from bilag.expenses.models import ExpenseLine
    from bilag.reconciliation.models import Reconciliation
    from bilag.rehearsal.models import Rehearsal
    from bilag.transfers.models import Transfer

    base = f"/c/{people.slug}/"
    found = [path for path in company_paths(people.slug) if "/1" not in path and "/x/" not in path]
    found += [f"{base}{path}{query}" for path, queries in QUERIES.items() for query in queries]
    for kind, state in Transfer.objects.order_by("kind").values_list("kind", "state").distinct():
        one = Transfer.objects.filter(kind=kind, state=state).first()
        found.append(f"{base}transfers/{one.pk if one else 0}/")
    for state in ExpenseLine.objects.order_by("state").values_list("state", flat=True).distinct():
        line = ExpenseLine.objects.filter(state=state).first()
        found.append(f"{base}expenses/{line.pk if line else 0}/")
    run = Reconciliation.objects.latest("pk")
    found += [f"{base}reconciliation/{run.pk}/", f"{base}reconciliation/{run.pk}/print/"]
    rehearsal = Rehearsal.objects.latest("pk")
    found += [
        f"{base}rehearsal/{rehearsal.pk}/{more}" for more in ("", "print/", "?result=missing", "?result=duplicate")
    ]
    return [*found, f"{base}reconciliation/month/2026-11/"]


def forms_of(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The forms of a page that change something: where each goes, and what it sends as it stands."""
    document = html.fromstring(page)
    for form in document.iter("form"):
        targets = {form.get("hx-post"), form.get("action") if form.get("method", "").lower() == "post" else None}
        targets |= {one.get("formaction") for one in form.iter("button")} | {
            one.get("hx-post") for one in form.iter("button")
        }
        for target in targets - {None}:
            if target and not re.search("logout|i18n|/live/", target):
                yield target, {name: str(value) for name, value in form.form_values()}


def test_pages(people: People) -> None:
    live_through_a_month(people.world)
    allowed = f"{TYPED}|{foreign_texts(people.world)}|De andre AS|Kari Nordbø"
    wrong, seen, sent = [], 0, set[str]()
    addresses = [("owner", path) for path in [*pages_of(people), *ACCOUNT]] + [("operator", path) for path in ACCOUNT]
    addresses += [("viewer", path) for path in pages_of(people)] + [(None, path) for path in SIGNED_OUT]

    def check(language: str, path: str, answer: Any) -> str:
        if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
            return ""
        page = str(answer.content.decode())
        for text in visible(page):
            wrong.extend(f"{language} {path}: {one}" for one in findings(text, language, allowed=allowed))
        return page

    for language in ("en", "nb"):
        posts: dict[str, dict[str, str]] = {}
        for who, path in addresses:
            page = check(language, path, people.client(who, language).get(path, follow=True))
            seen += bool(page)
            if who == "owner" and "<form" in page:
                posts |= {urljoin(path, target): values for target, values in forms_of(page)}
        for target, values in sorted(posts.items()):
            sent.add(target)
            check(language, f"POST {target}", people.client("owner", language).post(target, values, follow=True))
    assert seen > 150
    assert len(sent) > 15
    by_finding = {re.sub(r"^(..) (?:POST )?\S+: ", r"\1 ", one): one for one in reversed(wrong)}
    assert not by_finding, "\n".join(sorted(by_finding.values()))
