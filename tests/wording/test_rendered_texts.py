"""Every catalogue entry, reason, note, subject, event title and email in both languages, with good and with ugly facts."""

import itertools
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

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


def test_emails(migrated: None) -> None:
    from bilag.notifications.email_text import EmailKind, render_email
    from bilag.notifications.models import OpenCause

    wrong = []
    for code, language, kind in itertools.product(ENTRIES, LANGUAGES, EmailKind):
        setup: Any = SimpleNamespace(name="Fjell AS", slug="fjell", language=language)
        rows = [
            OpenCause(
                problem=Problem(code, "invoice 10042", facts).as_json(), count=count, example=example, path="setup/"
            )
            for facts, count, example in (
                (GOOD, 1, "invoice 10042"),
                (UGLY, 3, "accrued 2026-05:1207:1"),
                ({}, 2, "expense 731/4"),
            )
        ]
        for text in render_email(setup, kind, rows):
            visible = text.partition("<body")[2].partition(">")[2] if "<body" in text else text
            allowed = r"<[^>]*>|http://\S+|&\w+;|&#x\d+;"
            wrong += [f"{code} {kind} {language}: {one}" for one in findings(visible, language, allowed=allowed)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
