"""What is typed wrongly is refused with a sentence that names it and the cure, and never with a traceback."""

from typing import NamedTuple

import pytest

from tests.support.commands import Bilag, Done

HUGE = "9" * 26


class Case(NamedTuple):
    """What is typed, the exit status, and words of the sentence."""

    typed: tuple[str, ...]
    status: int
    words: tuple[str, ...]


def case(typed: str, status: int, *words: str) -> Case:
    return Case(tuple(typed.split(" ")), status, words)


CASES = (
    case("status nobody --json", 2, "no company 'nobody'", "Companies: ", "fjell"),
    case("preview nobody 10042", 2, "no company 'nobody'", "Companies: ", "fjell"),
    case("preview fjell 99999", 1, "invoice 99999", "was not found in Moment", "Check the number"),
    case("preview fjell 1,rubbish", 2, "rubbish: not an invoice number", "Give whole numbers"),
    case("preview fjell -- -5", 2, "-5: not an invoice number"),
    case("preview fjell", 2, "INVOICE"),
    case("transfer fjell invoices rubbish", 2, "rubbish: not a number of invoices", "as Moment shows them"),
    case("transfer fjell invoices ,", 2, "An empty list: not a number of invoices"),
    case(f"transfer fjell customers {'1' * 51}", 2, "not a number of customers"),
    case("transfer fjell letters 1", 2, "'letters' is not a kind", "customers, projects or invoices"),
    case("transfer fjell invoices", 2, "--all", "--since 2026-11-01", "10042,10043", "Give either numbers"),
    case("transfer fjell invoices --since 2026-13-40", 2, "--since", "2026-13-40"),
    case("transfer fjell invoices --since yesterday", 2, "--since", "yesterday"),
    case("retry fjell", 2, "invoice 10042", "--all"),
    case("retry fjell letter 4", 2, "KIND", "customer, project, invoice or accrued"),
    case("retry fjell invoice 424242", 1, "There is no transfer of invoice 424242", "bilag transfers fjell"),
    case("show fjell invoice 424242", 1, "There is no transfer of invoice 424242", "bilag transfers fjell"),
    case("show fjell letter 1", 2, "KIND", "customer, project, invoice or accrued"),
    case("transfers fjell --kind letter", 2, "--kind", "customer, project, invoice or accrued"),
    case("transfers fjell --state lost", 2, "--state", "lost", "needs_attention"),
    case("transfers fjell --limit 0", 2, "--limit", "1"),
    case("company apply nowhere.toml", 2, "Nothing was changed", "nowhere.toml", "cannot be read"),
    case("sandbox moment --port -1", 2, "--port"),
    case("sandbox moment --port 65536", 2, "--port"),
    case("sandbox moment --port 0 --sample rubbish", 2, "rubbish is no sample", "year, drafts, finalized, none"),
    case("sandbox azets --port 0 --saft nowhere.xml", 2, "nowhere.xml"),
    case("sandbox poweroffice-go --port 0 --saft nowhere.xml", 2, "nowhere.xml"),
    case("worker --concurrency 0", 2, "--concurrency", "1"),
    case("nonsense", 2, "No such command 'nonsense'"),
    case("transfers fjell --jsno", 2, "--jsno"),
    case("preview fjell ²", 2, "²: not an invoice number"),
    case("preview fjell ,", 2, "not an invoice number"),
    case(f"preview fjell {HUGE}", 2, HUGE, "not an invoice number"),
    case("transfer fjell invoices ²", 2, "²: not a number of invoices"),
    case(f"transfer fjell invoices {HUGE}", 2, HUGE, "not a number"),
    case("transfer fjell invoices --since 1.11.2026", 2, "2026-11-01"),
)


@pytest.fixture(scope="module")
def answers(bilag: Bilag) -> dict[Case, Done]:
    """All of them, typed by several people at the same time."""
    return dict(zip(CASES, bilag.all_typed([one.typed for one in CASES]), strict=True))


@pytest.mark.service
@pytest.mark.parametrize("wrong", CASES, ids=lambda one: " ".join(one.typed)[:60])
def test_it_is_refused_with_a_sentence(wrong: Case, answers: dict[Case, Done]) -> None:
    done = answers[wrong]
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert [word for word in wrong.words if word not in done.stderr] == [], done.stderr
    assert done.returncode == wrong.status


@pytest.mark.service
def test_what_was_refused_left_no_transfer(bilag: Bilag, answers: dict[Case, Done]) -> None:
    assert not {"rubbish", "1", "1" * 51, ""} & {row["number"] for row in bilag.json("transfers", "fjell")}
