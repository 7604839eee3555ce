"""No sentence that a company can meet names an accounting system that is not its own."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bilag.cli import rendering
from bilag.messages import ENTRIES, render_ignored_reason, render_problem, render_reason
from bilag.messages.accounting_system import BEGINNING, PLACE, UNNAMED, speaking_of
from bilag.messages.ignored_reasons import IGNORED
from bilag.messages.notes import NOTES, render_note
from bilag.messages.reasons import REASONS
from bilag.messages.titles import render_title
from bilag.platforms.base import PlatformKind
from bilag.platforms.registry import platform_kinds
from bilag.platforms.spoken import label_of, speaking_of_platform, system_of
from bilag.posting.note import Note
from bilag.posting.problem import Problem
from tests.support.paths import ROOT

BILAG = ROOT / "src" / "bilag"
PLATFORMS = BILAG / "platforms"
LANGUAGES = ("en", "nb")
NAMES = {
    "azets": r"\bAzets|\bVisma\b|\bhub\b|integration platform|integrasjonsplattform",
    "tryton": r"\bTryton",
    "poweroffice_go": r"\bPowerOffice|\b(?:in|from|i|fra) Go\b",
    "ledger_file": r"\bledger file|\bregnskapsfil",
}
"""What each platform is known by."""
ANY_NAME = re.compile("|".join(NAMES.values()))
KINDS = sorted(platform_kinds().values(), key=lambda kind: kind.name)


def texts_in(folder: Path, *, without: frozenset[Path] = frozenset()) -> set[str]:
    """Every string in the code below a folder."""
    paths = [path for path in folder.rglob("*.py") if not without & set(path.parents)]
    nodes = itertools.chain.from_iterable(ast.walk(ast.parse(path.read_text())) for path in paths)
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


FOLDERS = {kind.name: PLATFORMS / kind.name for kind in KINDS}
SHARED = texts_in(BILAG, without=frozenset({BILAG / "messages", *FOLDERS.values()})) & set(ENTRIES) - {"internal_error"}
"""The codes that Bilag itself gives, whatever the platform. Its own `internal_error` has the sentences of `bilag_fault`."""


def codes_of(kind: PlatformKind) -> set[str]:
    """The codes that a company of this platform can meet. The hub's contract has codes that no code of ours names."""
    own = texts_in(FOLDERS[kind.name]) & set(ENTRIES)
    if kind.name == "azets":
        others = set().union(*(texts_in(folder) for name, folder in FOLDERS.items() if name != "azets"))
        own |= set(ENTRIES) - others
    return SHARED | own


def foreign(kind: PlatformKind) -> re.Pattern[str]:
    """The names of all platforms but this one."""
    return re.compile("|".join(names for name, names in NAMES.items() if name != kind.name))


def sentences_of(code: str, language: str) -> Iterator[str]:
    """The sentences of a code, without facts and with what the other system said."""
    for problem in (Problem(code), Problem(code, "invoice 10042", {"number": "10042"}, "Feil.")):
        rendered = render_problem(problem, language)
        yield from (rendered.message, rendered.remedy, render_title(problem, language))


def test_every_platform_has_names_here_and_codes_of_its_own_or_shared() -> None:
    assert set(NAMES) == set(platform_kinds())
    assert {"date_locked", "stored_not_posted", "document_not_attached"} <= SHARED
    assert "poweroffice_refused" in codes_of(platform_kinds()["poweroffice_go"])
    assert "poweroffice_refused" not in codes_of(platform_kinds()["tryton"])
    assert "client_unknown" not in codes_of(platform_kinds()["poweroffice_go"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_problem_that_a_company_can_meet_names_another_platform(kind: PlatformKind) -> None:
    with speaking_of_platform(kind.name):
        wrong = [
            (code, language, text)
            for code, language in itertools.product(sorted(codes_of(kind)), LANGUAGES)
            for text in sentences_of(code, language)
            if foreign(kind).search(text)
        ]
        who = {code for code in codes_of(kind) if render_problem(Problem(code), "en").who == "azets"}
    assert wrong == []
    assert kind.name == "azets" or who == set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_reason_or_note_names_another_platform(kind: PlatformKind) -> None:
    with speaking_of_platform(kind.name):
        texts = [render_reason(one, language) for one in REASONS for language in LANGUAGES]
        texts += [render_ignored_reason(one, language) for one in IGNORED for language in LANGUAGES]
        texts += [render_note(Note(one, {}, (1,)), language) for one in NOTES for language in LANGUAGES]
    assert len(texts) > 50
    assert [text for text in texts if foreign(kind).search(text)] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_remedy_of_a_platform_is_for_a_code_that_its_companies_can_meet_and_differs_from_the_usual(
    kind: PlatformKind,
) -> None:
    for code, remedy in system_of(kind.name).remedies.items():
        assert code in codes_of(kind)
        assert {remedy.en, remedy.nb} & {*ENTRIES[code].en, *ENTRIES[code].nb} == set()
        assert [text for text in (remedy.en, remedy.nb) if foreign(kind).search(text) or PLACE in text] == []


@pytest.mark.parametrize(
    ("platform", "english", "norwegian"),
    [
        ("poweroffice_go", "Delete the stored voucher in PowerOffice Go, then", "bilaget i PowerOffice Go, og"),
        ("tryton", "Delete the stored voucher in Tryton, then", "bilaget i Tryton, og"),
        ("ledger_file", "Delete the stored voucher in the ledger file, then", "bilaget i regnskapsfilen, og"),
        ("azets", "Delete the stored voucher in the accounting system, then", "bilaget i regnskapssystemet, og"),
        ("gone", "Delete the stored voucher in the accounting system, then", "bilaget i regnskapssystemet, og"),
    ],
)
def test_a_remedy_names_the_system_in_which_it_is_done(platform: str, english: str, norwegian: str) -> None:
    with speaking_of_platform(platform):
        assert english in render_problem(Problem("stored_not_posted"), "en").remedy
        assert norwegian in render_problem(Problem("stored_not_posted"), "nb").remedy
        message = render_problem(Problem("voucher_number_invalid", said="Nei."), "nb").message
    assert message.startswith(label_in_sentence(platform) + " godtar ikke ")
    assert message.endswith(f" Melding fra {label_in_sentence(platform, begins=False)}: «Nei.»")


def label_in_sentence(platform: str, *, begins: bool = True) -> str:
    """The Norwegian name."""
    name = system_of(platform).name[1]
    return name[:1].upper() + name[1:] if begins else name


def test_one_company_after_another_has_its_own_names() -> None:
    problem = Problem("period_closed")
    with speaking_of_platform("tryton"):
        with speaking_of_platform("poweroffice_go"):
            assert "PowerOffice Go" in render_problem(problem, "en").message
        with speaking_of(None):
            assert "the accounting system" in render_problem(problem, "en").message
        assert "Tryton" in render_problem(problem, "en").message
    assert UNNAMED.name[0] in render_problem(problem, "en").message


def test_the_catalogue_has_a_place_where_it_means_the_accounting_system() -> None:
    templates = [text for entry in ENTRIES.values() for text in (*entry.en, *entry.nb)]
    assert sum(PLACE in text or BEGINNING in text for text in templates) > 150
    named = [text for text in templates if re.search(r"accounting system|regnskapssystem(?!et hos Azets)", text, re.I)]
    assert named == []


def test_a_label_of_every_platform_and_of_one_that_is_gone() -> None:
    assert label_of("ledger_file", "nb") == "Regnskapsfil"
    assert label_of("poweroffice_go", "nb") == label_of("poweroffice_go", "en") == "PowerOffice Go"
    assert label_of("some_other", "en") == "Some other"


def test_no_page_or_letter_names_a_platform() -> None:
    """The platform's own fields and labels do. What an address, a class or a comment is called is nobody's reading."""
    shown = re.compile(r"_\(\s*\"(.+?)\"\s*\)|{% (?:block)?trans(?:late)? (.+?)%}|>([^<{]+)<", re.DOTALL)
    found = []
    for path in sorted((BILAG / "web").rglob("*")):
        if path.suffix in (".py", ".html"):
            texts = ["".join(match) for match in shown.findall(path.read_text())]
            found += [(path.name, text) for text in texts if ANY_NAME.search(text)]
    assert found == []


def test_commands_call_a_platform_as_pages_do() -> None:
    for kind in KINDS:
        assert rendering.system(kind.name) == label_of(kind.name, "en")
