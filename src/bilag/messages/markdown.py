"""The catalogue as a page: `docs/problems.md` is made from it, and a test sees to it that it stays so."""

import re
from collections.abc import Mapping

from bilag.messages.account_codes import ACCOUNT_CODES
from bilag.messages.entry import Entry
from bilag.messages.expense_codes import EXPENSE_CODES
from bilag.messages.ignored_reasons import IGNORED
from bilag.messages.master_codes import MASTER_CODES
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

Every problem that Bilag can show: its code, its class, who can act, what happened and what to do, in English and Norwegian.
Made from `src/bilag/messages/`; a test compares the two. Codes are the hub contract's where one fits.

* **transient**: Bilag tries again by itself, with growing pauses, for three days.
* **permanent**: a person must mend something and retry; other invoices go on.
* **configuration**: the setup must be mended; the company is paused until then.

*Who can act*: Moment (in Moment), Accounting (the accountant, in the accounting system), Azets (your contact there), Bilag (its
setup, or whoever runs it). `‹…›` stands for what is filled in.
"""
CHAPTERS = (
    ("The invoice", VOUCHER_CODES),
    ("Accounts and VAT codes", ACCOUNT_CODES),
    ("Customers, projects and departments", MASTER_CODES),
    ("The setup", SETUP_CODES),
    ("The other systems", WIRE_CODES),
    ("Tryton", TRYTON_CODES),
    ("Transfers", (*TRANSFER_CODES, UNKNOWN)),
    ("Expenses", EXPENSE_CODES),
    ("Reconciliation", RECONCILIATION_CODES),
)


def markdown() -> str:
    """The whole page."""
    chapters = [_chapter(title, entries) for title, entries in CHAPTERS]
    stays, ignored = ("Why something stays in Moment", REASONS), ("Why a posted line is not imported", IGNORED)
    return "\n".join([INTRODUCTION, *chapters, _reasons(*stays), _reasons(*ignored)])


def _chapter(title: str, entries: tuple[Entry, ...]) -> str:
    return "\n".join([f"## {title}", "", *(_entry(entry) for entry in entries)])


def _entry(entry: Entry) -> str:
    (cause, cure), (norwegian_cause, norwegian_cure) = entry.en, entry.nb
    return (
        f"### `{entry.code}`\n"
        f"{entry.problem_class} · {render_who(entry.who, 'en')}\n\n"
        f"* {_shown(cause)} *{_shown(cure)}*\n"
        f"* {_shown(norwegian_cause)} *{_shown(norwegian_cure)}*\n"
    )


def _shown(template: str) -> str:
    whole = re.sub(r"\[([^\[\]|]*)(\|[^\[\]]*)?\]", r"\1", template)
    return re.sub(r"\{(\w+)\}", r"‹\1›", whole)


def _reasons(title: str, reasons: Mapping[str, Mapping[str, str]]) -> str:
    rows = [f"| `{code}` | {texts['en']} | {texts['nb']} |" for code, texts in reasons.items()]
    head = [f"## {title}", "", "| reason | English | Norwegian |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"
