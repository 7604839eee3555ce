"""The catalogue as a page. `make docs` writes it to `docs/problems.md`, and a test compares the two."""

import re
from collections.abc import Mapping

from bilag.messages.account_codes import ACCOUNT_CODES
from bilag.messages.entry import Entry
from bilag.messages.expense_codes import EXPENSE_CODES
from bilag.messages.ignored_reasons import IGNORED
from bilag.messages.master_codes import MASTER_CODES
from bilag.messages.poweroffice_codes import POWEROFFICE_CODES
from bilag.messages.reasons import REASONS
from bilag.messages.reconciliation_codes import RECONCILIATION_CODES
from bilag.messages.render import render_who
from bilag.messages.setup_codes import SETUP_CODES
from bilag.messages.transfer_codes import TRANSFER_CODES, UNKNOWN
from bilag.messages.tryton_codes import TRYTON_CODES
from bilag.messages.voucher_codes import VOUCHER_CODES
from bilag.messages.wire_codes import WIRE_CODES

INTRODUCTION = """\
# Problems

Every problem that Bilag can report: its code, its class, who can resolve it, and its message and remedy in English and
Norwegian. `make docs` generates this page from `src/bilag/messages/`. Bilag uses the codes of Azets' contract where one fits.

* **transient**: Bilag retries automatically, with growing pauses, for three days.
* **permanent**: a person must correct something and retry. Other invoices are not affected.
* **configuration**: a person must correct the setup. The company is paused until then.

`‹…›` stands for a fact that Bilag fills in.
"""
CHAPTERS = (
    ("The invoice", VOUCHER_CODES),
    ("Accounts and VAT codes", ACCOUNT_CODES),
    ("Customers, projects and departments", MASTER_CODES),
    ("The setup", SETUP_CODES),
    ("The other systems", WIRE_CODES),
    ("Tryton", TRYTON_CODES),
    ("PowerOffice Go", POWEROFFICE_CODES),
    ("Transfers", (*TRANSFER_CODES, UNKNOWN)),
    ("Expenses", EXPENSE_CODES),
    ("Reconciliation", RECONCILIATION_CODES),
)


def markdown() -> str:
    """Return the whole page."""
    chapters = [_chapter(title, entries) for title, entries in CHAPTERS]
    not_transferred = _reasons("Why something is not transferred", REASONS)
    not_imported = _reasons("Why a posted line is not imported", IGNORED)
    return "\n".join([INTRODUCTION, *chapters, not_transferred, not_imported])


def _chapter(title: str, entries: tuple[Entry, ...]) -> str:
    return "\n".join([f"## {title}", "", *(_entry(entry) for entry in entries)])


def _entry(entry: Entry) -> str:
    (message, remedy), (norwegian_message, norwegian_remedy) = entry.texts("en"), entry.texts("nb")
    return (
        f"### `{entry.code}`\n"
        f"{entry.problem_class} · {render_who(entry.who, 'en')}\n\n"
        f"* {_with_all_facts(message)} *{_with_all_facts(remedy)}*\n"
        f"* {_with_all_facts(norwegian_message)} *{_with_all_facts(norwegian_remedy)}*\n"
    )


def _with_all_facts(template: str) -> str:
    whole = re.sub(r"\[([^\[\]|]*)(\|[^\[\]]*)?\]", r"\1", template)
    return re.sub(r"\{(\w+)\}", r"‹\1›", whole)


def _reasons(title: str, reasons: Mapping[str, Mapping[str, str]]) -> str:
    rows = [f"| `{code}` | {texts['en']} | {texts['nb']} |" for code, texts in reasons.items()]
    head = [f"## {title}", "", "| reason | English | Norwegian |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"
