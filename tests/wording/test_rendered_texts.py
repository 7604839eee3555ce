"""Every catalogue entry, reason, note, subject, event title and email in both languages, with good and with ugly facts."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html as lxml_html

from bilag.messages import (
    ENTRIES,
    render_ignored_reason,
    render_note,
    render_problem,
    render_reason,
    render_subject,
    render_who,
)
from bilag.messages.field_names import DOCUMENT_FIELDS, TRYTON_MODELS
from bilag.messages.ignored_reasons import IGNORED
from bilag.messages.notes import NOTES
from bilag.messages.reasons import REASONS
from bilag.messages.setting_labels import LABELS
from bilag.messages.titles import LONGEST_TITLE, TITLES, render_title
from bilag.posting.note import Note
from bilag.posting.problem import Problem
from tests.support.wording import findings

LANGUAGES = ("en", "nb")
GOOD = {
    "account": "3000",
    "account_name": "Salg 25",
    "accrual_month": "2026-05",
    "activity": "Honorar",
    "allowed": "3, 31",
    "amount": "-12500.50",
    "batch": "771",
    "client": "123",
    "companies": "Fjell AS, Vann AS",
    "count": "3",
    "currency": "SEK",
    "customer": "10001",
    "database": "fjell",
    "date": "2026-05-29",
    "difference": "0.50",
    "due_date": "2026-06-12",
    "expected": "100.00",
    "expected_rate": "15",
    "expense": "4711",
    "field": "payment_id",
    "fields": "total, due_date, customer_moment_id",
    "file": "F-88.pdf",
    "first": "2026-01-01",
    "found": "99.00",
    "header": "100.00",
    "hours": "72",
    "invoice": "10042",
    "journal": "731",
    "journals": "731, 732",
    "kind": "invoice",
    "last": "2026-12-31",
    "limit": "10 MB",
    "line": "731/4",
    "lines": "2, 5",
    "lines_sum": "99.50",
    "lock_date": "2026-05-31",
    "max_length": "10",
    "maximum": "99999",
    "method": "MOD10",
    "min_length": "5",
    "minimum": "10000",
    "model": "account.move, party.party",
    "month": "2026-05",
    "net": "80.00",
    "number": "10042",
    "other": "0012",
    "parent": "S2041",
    "payment_id": "12345",
    "period": "2026-05",
    "project": "1207",
    "rate": "11.4432",
    "roots": "Fjell",
    "setup": "accrual.debit_account",
    "standard_code": "3",
    "status": "503",
    "sum": "total",
    "total_now": "100.00",
    "total_posted": "90.00",
    "type": "credit_note",
    "unit": "2",
    "unit_name": "Prosjekt",
    "units": "1=30, 2=1207",
    "value": "0012",
    "vat": "20.00",
    "vat_code": "3",
    "vat_code_name": "25 %",
    "voucher": "88",
    "voucher_date": "2026-06-30",
}
UGLY = {
    "cause": "no connection: [Errno 111] Connection refused",
    "code": "brand_new_code",
    "error": "KeyError",
    "expected": "-",
    "field": "vouchers[0].lines[1].vatCode",
    "fields": "moment_id, raw_values",
    "model": "ir.unknown.model",
    "setup": "company.live",
    "sum": "some_sum",
    "why": "Value error, total is None (ValidationError)",
    "why_nb": "Input should be a valid string",
}
SUBJECTS = (
    "",
    "line 2",
    "lines 2, 5",
    "invoice 10042",
    "credit_note 10043",
    "customer 10001",
    "project 1207",
    "department 30",
    "account 3000",
    "company",
    "expense 731/4",
    "expense id 4711",
    "expense row 3",
    "document 99",
    "activity Honorar",
    "unit 2",
    "rounding entry",
    "accrued 2026-05:1207:1",
    "setup company.live",
    "setup platform.azets.source_client_id",
    "setup unknown.key_of_old",
)
CAUSES = (
    "no connection: [Errno -2] Name or service not known",
    "no connection: [Errno 101] Network is unreachable",
    "no connection: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)",
    "the connection broke: ReadError",
    "no answer in time",
    "no answer before; tried again in 12 s",
    "the answer is larger than 33554432 bytes",
    "HTTP 503",
    "some_code_that_nobody_knows",
    "KeyError('x')",
    "customer_number_invalid",
    "hub_unreachable",
)


def fact_sets() -> Iterator[Mapping[str, str]]:
    yield {}
    yield GOOD
    yield {**GOOD, **UGLY}
    yield UGLY
    for cause in CAUSES:
        yield {**GOOD, "cause": cause}
    for field in DOCUMENT_FIELDS:
        yield {"field": field, "sum": field, "fields": field, "expected": "credit_note", "found": "-"}


@pytest.mark.parametrize("code", [*ENTRIES, "brand_new_code", "internal_error"])
def test_a_problem(code: str) -> None:
    wrong = []
    for facts, language in itertools.product(fact_sets(), LANGUAGES):
        rendered = render_problem(Problem(code, "invoice 10042", facts), language)
        for text in (rendered.message, rendered.remedy):
            wrong += [f"{language}: {one}" for one in findings(text, language)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject(subject: str) -> None:
    wrong = [one for language in LANGUAGES for one in findings(render_subject(subject, language), language)]
    assert not wrong


def test_reasons_labels_and_fields() -> None:
    texts = [(language, render_reason(reason, language)) for reason in REASONS for language in LANGUAGES]
    texts += [(language, render_ignored_reason(reason, language)) for reason in IGNORED for language in LANGUAGES]
    texts += [
        (language, render_who(who, language))
        for who in ("moment", "accounting", "azets", "bilag")
        for language in LANGUAGES
    ]
    for words in (*LABELS.values(), *DOCUMENT_FIELDS.values(), *TRYTON_MODELS.values()):
        texts += zip(LANGUAGES, words, strict=True)
    wrong = [f"{text}: {one}" for language, text in texts for one in findings(text, language)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("code", NOTES)
def test_a_note(code: str) -> None:
    facts = {
        **GOOD,
        "what": "voucher_text",
        "moment_type": "invoice",
        "first_month": "2026-01",
        "last_month": "2026-12",
        "debit": "3910",
        "credit": "2965",
    }
    wrong = [
        one
        for positions, language in itertools.product(((), (2,), (2, 5)), LANGUAGES)
        for one in findings(render_note(Note(code, facts, positions), language), language)
    ]
    assert not wrong


def test_setting_labels_are_those_of_the_setup_page(migrated: None) -> None:
    from django.utils.translation import override

    from bilag.web.setup_pages.words import label_of

    differ = []
    for key, labels in LABELS.items():
        for language, label in zip(LANGUAGES, labels, strict=True):
            with override(language):
                if key != "company.live_since" and label_of(key) != label:
                    differ.append((key, label, label_of(key)))
    assert differ == []


def test_event_titles(migrated: None) -> None:
    from django.utils.translation import gettext, override

    from bilag.events.record import NAMES

    wrong = []
    for language in LANGUAGES:
        with override(language):
            for name, title in NAMES.items():
                wrong += [f"{name}: {one}" for one in findings(gettext(title), language)]
    assert not wrong, "\n".join(wrong)


DOCUMENTS = (
    ("invoice 10042", "Ås & Sønner <AS>", "12500.00", "NOK", "2026-12-07"),
    ("credit_note 10043", "", "-1.50", "EUR", None),
    ("accrued 2026-05:1207:1", "Skolen", "0.00", "", None),
    ("expense 731/4", "Taxi", "250.00", "", None),
)
ALLOWED_IN_HTML = r"<[^>]*>|http://\S+|&\w+;|&#x\d+;"


def affected(count: int, kind: str | None) -> Any:
    """So many documents, as far as they are listed."""
    from bilag.notifications.affected import Affected, Document

    documents = [
        Document(subject, name, Decimal(amount), currency, date.fromisoformat(due) if due else None)
        for subject, name, amount, currency, due in DOCUMENTS
    ]
    sums = (("EUR", Decimal("3.00")), ("NOK", Decimal("37500.00"))) if count > 1 else ()
    return Affected(tuple(documents[: min(count, len(documents))]), count, kind, sums)


UNKNOWN = "brand_new_code"
AFFECTED: list[tuple[int, str | None]] = [(0, None), (1, "invoice"), (1234, "invoice"), (3, None)]
AFFECTED += [(2, kind) for kind in ("customer", "project", "expense", "accrued")]


def emails(code: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """The emails about a problem, of each kind: about it alone, about several documents, and among other problems."""
    from bilag.notifications import email_text
    from bilag.notifications.email_text import EmailKind, render_email
    from bilag.notifications.models import OpenCause

    monkeypatch.setattr(email_text, "find_affected", lambda _setup, row: affected(*AFFECTED[row.pk]))
    monkeypatch.setattr(email_text, "find_example", lambda _setup, row: affected(*AFFECTED[row.pk]))
    for language, kind in itertools.product(LANGUAGES, EmailKind):
        setup: Any = SimpleNamespace(name="Fjell AS", slug="fjell", language=language, platform_kind="azets")
        rows = [
            OpenCause(pk=place, problem=Problem(code, "invoice 10042", facts).as_json(), path="setup/")
            for place, facts in zip(
                range(len(AFFECTED) if code == UNKNOWN else 3), itertools.cycle((GOOD, UGLY, {})), strict=False
            )
        ]
        for some in (*([row] for row in rows), rows[:2], rows):
            yield language, render_email(setup, kind, some)


@pytest.mark.parametrize("code", [*ENTRIES, UNKNOWN])
def test_emails(code: str, migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, seen = [], 0
    for language, email in emails(code, monkeypatch):
        seen += 1
        body = email.html.partition("<body")[2].partition(">")[2]
        for text in (email.subject, email.text, body):
            wrong += [f"{language}: {one}" for one in findings(text, language, allowed=ALLOWED_IN_HTML)]
        assert len(email.subject) < 70, email.subject
        assert "…" not in email.subject, email.subject
        assert words_of(body) - words(email.text) == set(), "the text says less than the HTML"
    assert seen == 2 * 3 * ((len(AFFECTED) if code == UNKNOWN else 3) + 2)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def words_of(body: str) -> set[str]:
    """The words of the HTML that a person reads."""
    return words(" ".join(str(text) for text in lxml_html.fromstring(f"<div>{body}</div>").itertext()))


def words(text: str) -> set[str]:
    """The words without the marks around them, which differ between the text and the HTML."""
    return {word for part in text.casefold().split() if (word := part.strip(":·*-"))}


def test_every_problem_has_a_title(migrated: None) -> None:
    assert set(TITLES) == set(ENTRIES)
    wrong = []
    for code, facts, language in itertools.product([*ENTRIES, "brand_new_code"], (GOOD, UGLY, {}), LANGUAGES):
        title = render_title(Problem(code, "invoice 10042", facts), language)
        wrong += [f"{code} {language}: {one}" for one in findings(title, language)]
        if (
            len(title) > LONGEST_TITLE
            or title.endswith(".")
            or not title[0].isupper()
            or title != " ".join(title.split())
        ):
            wrong.append(f"{code} {language}: {title!r}")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_a_title_never_exceeds_the_room_that_it_has(migrated: None) -> None:
    problem = Problem("account_unknown", "", {"account": "9" * 200})
    assert render_title(problem, "nb") == "En konto finnes ikke"
    for longest in range(5, 60):
        assert len(render_title(Problem("hub_proxy_error"), "en", longest)) <= longest
