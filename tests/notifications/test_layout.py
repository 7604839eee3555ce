"""The HTML of emails keeps to what common clients draw: above all Outlook on Windows, which draws with Word.

`make email-clients` lets caniemail itself judge the same emails (`judge_emails.py`).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from lxml import html

LINK = "https://bilag.example/c/fjell/attention/0123456789abcdef/"
NAMES = ("one cause", "several causes", "all is well", "signing in", "invitation")
PADDED = {"td"}
"""Word draws padding in table cells alone; a button's is given to its cell by `mso-padding-alt`."""
BORDERED = {"td", "table"}
NOT_DRAWN = re.compile(
    r"\b(?:flex|grid|float|position|rgba?\(|var\(|calc\(|@import|rem\b|vw\b|box-shadow|background-image)"
)


def _cause(count: int) -> SimpleNamespace:
    row = SimpleNamespace(title="Faktura 5307", name="Nordvik Eiendom AS", amount="12 500,00 NOK", due="12.06.2026")
    return SimpleNamespace(
        title="KID er ugyldig", about=f"{count} fakturaer", is_several=count > 1, rows=[row] * count, more="og 2 til",
        sums="37 500,00 NOK", message="KID 123 skal følge MOD10.", remedy="Rett KID i Moment.", who="den som fakturerer",
        address=LINK,
    )  # fmt: skip


def rendered() -> dict[str, str]:
    """An email of each kind."""
    about = {"company": "Fjell AS", "language": "nb", "button": "Åpne i Bilag", "link": LINK, "recipients": LINK}
    letters: dict[str, dict[str, Any]] = {
        "one cause": {"kind": "stopped", "causes": [_cause(1)]},
        "several causes": {"kind": "summary", "heading": "2 årsaker", "causes": [_cause(3), _cause(1)], "hidden": "3"},
        "all is well": {"kind": "well", "heading": "Alt er i orden", "causes": [_cause(1)]},
    }
    signing_in = {
        "heading": "Velg nytt passord",
        "blocks": [{"text": "Noen har bedt om det."}, {"points": ["a", "b"]}],
        "why": "Derfor.",
    }
    invited = {
        "heading": "Invitasjon",
        "role": "Medlem",
        "may": "kan alt",
        "sender": "Kari",
        "until": datetime.now(UTC),
    }
    found = {name: render_to_string("notifications/email.html", {**about, **more}) for name, more in letters.items()}
    found["signing in"] = render_to_string("bilag/mail/account.html", {**about, **signing_in})
    found["invitation"] = render_to_string("bilag/mail/invitation.html", {**about, **invited})
    return found


def styles(page: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """The elements that have a style, with its declarations."""
    for element in html.fromstring(page).iter():
        style = element.get("style") if isinstance(element.tag, str) else None
        if style:
            pairs = (one.partition(":")[::2] for one in style.split(";") if one)
            yield element, {name.strip(): value.strip() for name, value in pairs}


@pytest.mark.parametrize("name", NAMES)
def test_what_outlook_draws(name: str, migrated: None) -> None:
    page = rendered()[name]
    seen = 0
    for element, style in styles(page):
        seen += 1
        shown = f"<{element.tag} style={element.get('style')}>"
        cell = element.getparent()
        if "padding" in style and element.tag not in (*PADDED, "body"):
            assert element.tag == "a", shown
            assert "mso-padding-alt" in (cell.get("style") or ""), "the button has no room in Outlook"
        if any(key.startswith("border-top") or key == "border" for key in style):
            assert element.tag in BORDERED, f"{shown}: Word draws the border of a cell alone"
        if "max-width" in style:
            assert element.tag == "div", f"{shown}: not drawn on a table by Mail on iOS"
        assert not NOT_DRAWN.search(element.get("style")), shown
    assert seen > 10
    assert page.count("<!--[if mso]>") == page.count("<![endif]-->") == 3
    assert '<table role="presentation" width="600"' in page, "Outlook knows no max-width of a div"


@pytest.mark.parametrize("name", NAMES)
def test_colours_of_the_dark_are_told_for_every_colour(name: str, migrated: None) -> None:
    """Whatever is coloured inline has a class that the dark gives another colour; `!important`, or the inline one stays."""
    page = rendered()[name]
    dark = page.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    told = set(re.findall(r"\.([a-z-]+)(?: a)? \{[^}]*!important", dark))
    assert {"page", "paper", "ink", "soft", "button"} <= told
    for element, style in styles(page):
        coloured = {"color", "background"} & set(style)
        own = set((element.get("class") or "").split()) & told
        above = {one for up in element.iterancestors() for one in (up.get("class") or "").split()} & {"button"}
        assert not coloured or own or above, f"<{element.tag} style={element.get('style')}> is as in the light"
    for cell in html.fromstring(page).iter("td", "table"):
        if cell.get("bgcolor"):
            assert set((cell.get("class") or "").split()) & told, "its colour would stay in the dark"
