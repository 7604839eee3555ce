"""The rules find the wordings that they are about: without that, the tests that use them prove nothing."""

import re
from pathlib import Path

import pytest

from tests.support.wording import findings

GOOD_WORDS = {"Email", "Emails"}
"""The table replaces them for the sake of one spelling: each is right where it is the only one."""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Correct needs_attention in the setup.", "en"),
        ("Rett platform.azets.username i oppsettet.", "nb"),
        ("It stopped in account.move.line.", "en"),
        ("A field vouchers[0].lines[1] is wrong.", "en"),
        ("A field offerSent is wrong.", "en"),
        ("The server is away ([Errno 111] Connection refused).", "en"),
        ("The answer is wrong: Value error, no amount.", "en"),
        ("The total is Decimal('1.00').", "en"),
        ("The states are ['active'].", "en"),
        ("The customer is None.", "en"),
        ("It is switched on: True.", "en"),
        ("An error (KeyError) occurred.", "en"),
        ("The period for 2026-05-29 is closed.", "en"),
        ("Perioden er closed i Tryton, and kan ikke brukes.", "nb"),
        ("The invoice er ikke posted.", "en"),
        ("Mend the customer first.", "en"),
        ("13 transfers wait for a person.", "en"),
        ("Bilag tries again by itself.", "en"),
        ("Azets-huben svarer ikke.", "nb"),
        ("Fakturaen går av seg selv.", "nb"),
        ("Selskapet er satt på pause.", "nb"),
        ("Bilaget ble tilbakeført.", "nb"),
        ("Ingen får beskjed når noe stopper.", "nb"),
    ],
)
def test_a_wrong_text_is_found(text: str, language: str) -> None:
    assert list(findings(text, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Invoice 10042 was transferred on 29 May 2026.", "en"),
        ("Faktura 10042 ble overført 29.05.2026. API-nøkkelen er lagret.", "nb"),
        ("None of them is older than 14 days.", "en"),
        ("Write to kari.nordbo@fjell.example, or see https://app.moment.team/setup_page.", "en"),
        ("Azets' integrasjonsplattform svarer ikke (HTTP 503).", "nb"),
    ],
)
def test_a_plain_text_passes(text: str, language: str) -> None:
    assert list(findings(text, language)) == []


def test_every_replaced_wording_is_found(shared: Path) -> None:
    english, norwegian = (shared / "wording.md").read_text().split("## Norsk bokmål")
    missed = []
    for language, tables in (("en", english.partition("## English")[2]), ("nb", norwegian)):
        rows = re.findall(r"^\| (.*?) \| .*? \|$", tables, re.MULTILINE)
        assert len(rows) > 20
        for phrase in (one for row in rows[1:] for one in re.split(" / |; ", row.partition(" (")[0])):
            if phrase not in GOOD_WORDS and not list(findings(phrase, language)):
                missed.append(phrase)
    assert missed == []


def test_what_is_allowed_is_not_looked_at() -> None:
    assert list(findings("Filter with --state needs_attention.", "en", allowed=r"--state \w+")) == []
